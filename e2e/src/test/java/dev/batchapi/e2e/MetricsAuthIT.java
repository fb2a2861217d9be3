package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The operator's metrics behind a token, installed as docs/operations.md says. */
@Tag("alone")
@ExtendWith(Cluster.class)
@Timeout(600)
final class MetricsAuthIT {
  private static final String DEPLOYMENT = "deployment/batchapi-operator";

  @Test
  void aPrometheusWithTheRightReadsThemAndNobodyElseDoes() throws IOException {
    var folder = Files.createDirectories(Path.of("target", "metrics-auth"));
    Files.writeString(
        folder.resolve("kustomization.yaml"),
        """
        resources: [../../../deploy]
        components: [../../../deploy/metrics-auth]
        """);
    try (var team = new Team("prometheus")) {
      succeeds("apply", "-k", folder.toString());
      Cluster.inSystem("rollout", "status", DEPLOYMENT, "--timeout=120s");
      team.kubectl("create", "serviceaccount", "prometheus");
      var address = "http://%s:8080/metrics".formatted(Cluster.operatorsAddress());
      var pod = ProbePod.start(Cluster.SYSTEM, "probe-scrape", Map.of());
      try {
        assertThat(pod.gets(address, "")).startsWith("401 Metrics need a bearer token");
        var token = token(team);
        assertThat(pod.gets(address, token)).startsWith("403 ").contains("batchapi-metrics-reader");

        succeeds(
            "create",
            "clusterrolebinding",
            team.namespace(),
            "--clusterrole=batchapi-metrics-reader",
            "--serviceaccount=%s:prometheus".formatted(team.namespace()));
        await("the right is known, and the refusal forgotten")
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(
                () ->
                    assertThat(pod.gets(address, token))
                        .startsWith("200 ")
                        .contains("batchapi_build_info"));
      } finally {
        pod.delete();
        Cluster.kubectl("", "delete", "clusterrolebinding", team.namespace());
      }
    } finally {
      Cluster.kubectl("", "delete", "-f", "../deploy/metrics-auth/rbac.yaml");
      succeeds("apply", "-k", "../deploy");
      Cluster.inSystem("rollout", "status", DEPLOYMENT, "--timeout=120s");
    }
  }

  private static String token(Team team) {
    var token = team.kubectl("create", "token", "prometheus", "--audience=batchapi-metrics");
    assertThat(token.code()).as(token.out()).isZero();
    return token.out().strip();
  }

  private static void succeeds(String... arguments) {
    var result = Cluster.kubectl("", arguments);
    assertThat(result.code()).as(result.out()).isZero();
  }
}
