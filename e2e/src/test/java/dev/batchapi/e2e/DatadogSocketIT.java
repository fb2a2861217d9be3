package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.metrics.UnixReceiver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A socket of the node, as a Datadog agent's: on the machine of the test cluster, which is its
 * node.
 */
@Tag("alone")
@ExtendWith(Cluster.class)
final class DatadogSocketIT {
  private static final String OPERATOR = "deployment/batchapi-operator";

  private final Team team = new Team("datadog");
  private Path folder = Path.of("/tmp");

  @BeforeEach
  void makeTheFolder() throws IOException {
    folder = Files.createTempDirectory("batchapi-agent");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void leave() throws IOException {
    Cluster.inSystem(
        "set", "env", OPERATOR, "BATCHAPI_STATSD_BY_NAMESPACE-", "BATCHAPI_STATSD_FLAVOUR-");
    Cluster.inSystem("rollout", "status", OPERATOR, "--timeout=60s");
    team.close();
    Files.deleteIfExists(folder.resolve("dsd.socket"));
    Files.deleteIfExists(folder);
  }

  @Test
  void metricsReachTheAgentByTheWorkerAloneWhereTheNamespaceAllowsIt() throws IOException {
    try (var agent = new UnixReceiver(folder.resolve("dsd.socket"))) {
      Files.setPosixFilePermissions(
          folder.resolve("dsd.socket"), PosixFilePermissions.fromString("rw-rw-rw-"));
      Cluster.inSystem(
          "set",
          "env",
          OPERATOR,
          "BATCHAPI_STATSD_BY_NAMESPACE=" + team.namespace() + "=" + agent.address(),
          "BATCHAPI_STATSD_FLAVOUR=datadog");
      Cluster.inSystem("rollout", "status", OPERATOR, "--timeout=60s");

      // The namespace enforces the Pod Security Standard "restricted".
      team.applies(
          Team.python(
              "pushes",
              "input: {count: 20}",
              "",
              """
              import os

              class Handler:
                  def __init__(self, metrics_client):
                      self.m = metrics_client

                  def handle_batch(self, payload):
                      assert not os.path.exists("/batchapi/statsd")
                      self.m.increment("pushed", 3)
              """));
      team.awaits(
          "the refusal",
          () ->
              team.condition("pushes", "Accepted")
                  .filter(
                      c ->
                          Stream.of(
                                  "\"restricted\"",
                                  folder.toString(),
                                  "BATCHAPI_STATSD_VOLUME",
                                  "BATCHAPI_STATSD_BY_NAMESPACE")
                              .allMatch(c.message()::contains))
                  .isPresent());
      var allowed =
          Cluster.kubectl(
              "", "label", "namespace", team.namespace(), "pod-security.kubernetes.io/enforce-");
      assertThat(allowed.code()).as(allowed.out()).isZero();

      team.completes("pushes", 20);
      agent.awaitSum("pushed", 60);
      assertThat(agent.lines()).allMatch(line -> line.contains("dd.internal.entity_id:"));
    }
  }
}
