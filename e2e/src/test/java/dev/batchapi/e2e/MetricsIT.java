package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What handlers push, from ten workers through the cluster's network to the installed exporter.
 * {@code -De2e.batches} and {@code -De2e.runs} make it longer: 10000 and 5 are the product's
 * promise, the defaults are for every day.
 */
@Tag("alone")
@ExtendWith(Cluster.class)
final class MetricsIT {
  private static final int WORKERS = 10;
  private static final int BATCHES = Integer.getInteger("e2e.batches", 1_000);
  private static final int RUNS = Integer.getInteger("e2e.runs", 1);
  private static final Duration LONG = Duration.ofMinutes(15);

  private static final String PYTHON =
      """
      class Handler:
          def __init__(self, config, metrics_client):
              self.m = metrics_client
              self.name = config["name"]
          def handle_batch(self, payload):
              self.m.increment(self.name + "_count", 3)
              self.m.gauge(self.name + "_last", payload[0])
              self.m.histogram(self.name + "_seen", 0.5)
      """;
  private static final String JAVA =
      """
      import dev.batchapi.handler.*;
      import java.util.*;
      public final class Handler implements BatchHandler<Integer, String> {
        private final MetricsClient m;
        private final String name;
        public Handler(Map<String, Object> config, MetricsClient metrics) {
          m = metrics;
          name = (String) config.get("name");
        }
        @Override public String handleBatch(List<Integer> payload, BatchContext batch) {
          m.increment(name + "_count", 3);
          m.gauge(name + "_last", payload.get(0));
          m.histogram(name + "_seen", 0.5);
          return null;
        }
      }
      """;

  private static Team user;

  @BeforeAll
  static void begin() {
    user = new Team("metrics");
  }

  @AfterAll
  static void end() {
    user.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"python", "java"})
  void theSumsAreExact(String language) {
    for (var run = 0; run < RUNS; run++) {
      var name = "e2e_exact_%s_%s_%d".formatted(language, unique(), run);
      var job = "exact-%s-%d".formatted(language, run);
      user.applies(yaml(job, language, name, BATCHES));

      assertThat(user.reasonOfTheEndOf(job, LONG)).isEqualTo("Complete");
      assertThat(user.job(job).getStatus().failedAttempts()).isZero();
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () ->
                  assertThat(
                          List.of(
                              Exporter.sum(name + "_count"), Exporter.sum(name + "_seen_count")))
                      .containsExactly(3.0 * BATCHES, 1.0 * BATCHES));
      assertThat(Exporter.sum(name + "_last")).isBetween(0.0, BATCHES - 1.0);
    }
  }

  /** Two pods in turn: what the old one knew is gone, so counts start anew with the new one. */
  @Test
  void afterTheExportersPodIsReplacedMetricsArriveWithinFiveSeconds() {
    var name = "e2e_replaced_" + unique();
    user.applies(yaml("replaced", "python", name, 100_000));
    await().atMost(LONG).until(() -> Exporter.sum(name + "_count") > 0);

    Cluster.inSystem(
        "delete", "pod", "-l", "app.kubernetes.io/name=statsd-exporter", "--wait=true");
    Cluster.inSystem("rollout", "status", "deployment/statsd-exporter", "--timeout=60s");
    var ready = Instant.now();
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions()
        .until(() -> Exporter.sum(name + "_count") > 0);
    assertThat(Duration.between(ready, Instant.now())).isLessThan(Duration.ofSeconds(5));

    // And goes on: nothing blocked, no batch failed.
    var before = user.batches("replaced").succeeded();
    user.awaits("progress", () -> user.batches("replaced").succeeded() > before);
    assertThat(user.job("replaced").getStatus().failedAttempts()).isZero();
    user.kubectl("delete", "batchjob", "replaced");
  }

  /** As docs/metrics.md says, "Two teams, one name": by the team's choice, then by the admin's. */
  @Test
  void aNamespaceMayHaveAnExporterOfItsOwn() throws IOException {
    var team = user.namespace();
    var folder = Files.createDirectories(Path.of("target", team));
    var page = Files.readString(Path.of("../docs/metrics.md"));
    var snippet = page.substring(page.indexOf("# team-a/kustomization.yaml"));
    Files.writeString(
        folder.resolve("kustomization.yaml"),
        snippet
            .substring(0, snippet.indexOf("```"))
            .replace("team-a", team)
            .replace("../deploy", "../../../deploy")
            .replace("<version>", ShippedImages.version()));
    assertSucceeds(Cluster.kubectl("", "apply", "-k", folder.toString()));
    assertSucceeds(user.kubectl("rollout", "status", "deploy/statsd-exporter", "--timeout=60s"));

    var name = "e2e_own_" + unique();
    var own = "statsd-exporter." + team + ".svc:9125";
    user.applies(
        yaml("by-api", "python", name, 20)
            .replace(
                "spec:\n  handler:",
                "spec:\n  metrics: {statsd: \"%s\"}\n  handler:".formatted(own)));
    assertArrivesAt(team, name, "by-api");

    var deployment = "deployment/batchapi-operator";
    Cluster.inSystem("set", "env", deployment, "BATCHAPI_STATSD_BY_NAMESPACE=" + team + "=" + own);
    try {
      Cluster.inSystem("rollout", "status", deployment, "--timeout=60s");
      user.applies(yaml("by-admin", "python", name + "_admin", 20));
      assertArrivesAt(team, name + "_admin", "by-admin");
    } finally {
      Cluster.inSystem("set", "env", deployment, "BATCHAPI_STATSD_BY_NAMESPACE-");
      Cluster.inSystem("rollout", "status", deployment, "--timeout=60s");
    }
  }

  private static void assertArrivesAt(String team, String name, String job) {
    assertThat(user.reasonOfTheEndOf(job, LONG)).isEqualTo("Complete");
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(Exporter.sumIn(team, name + "_count")).isEqualTo(60));
    assertThat(Exporter.sum(name + "_count")).isZero();
  }

  private static void assertSucceeds(Cluster.Result result) {
    assertThat(result.code()).as(result.out()).isZero();
  }

  /** The exporter outlives the tests, and adds up what has one name. */
  private static String unique() {
    return Long.toString(System.nanoTime(), 36);
  }

  private static String yaml(String job, String language, String name, int batches) {
    return """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchAPI
        metadata: {name: %1$s}
        spec:
          handler:
            config: {name: %3$s}
            %2$s:
              inline: |
        %5$s
        ---
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchJob
        metadata: {name: %1$s}
        spec: {apiName: %1$s, workers: %6$d, input: {count: %4$d}}
        """
        .formatted(
            job,
            language,
            name,
            batches,
            (language.equals("java") ? JAVA : PYTHON).indent(8),
            WORKERS);
  }
}
