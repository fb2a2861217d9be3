package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a handler can do to everybody's metrics: it may send anything to the StatsD port. */
@Tag("alone")
@ExtendWith(Cluster.class)
final class MetricsGuardIT {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final int FLOOD = 20_000;

  private static final String HONEST =
      """
      class Handler:
          def __init__(self, config, metrics_client):
              self.m, self.name = metrics_client, config["name"]
          def handle_batch(self, payload):
              self.m.increment(self.name + "_count", 3)
              self.m.histogram(self.name + "_seen", 0.5)
      """;

  /** Past the client, from the handler's container, to where the client sends too. */
  private static final String HOSTILE =
      """
      import socket, time
      EVIL = [b"x:1|h|#le:0.1", b"x:1|h|#quantile:0.5", b"y:1|c|#__name__:z", b"go_goroutines:1|c",
              b"statsd_exporter_lines_total:1|c", b"x:NaN|c", b"x:1|h|@0.0000001", b"x" * 60000, b"",
              b"\\0\\n|:#", b"batchapi_batches_total:1|c|#namespace:other"]
      class Handler:
          def __init__(self, config):
              self.name = config["name"]
          def handle_batch(self, payload):
              s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
              s.connect(("statsd-exporter.batchapi-system.svc", 9125))
              for line in EVIL + [self.name.encode() + b"_seen_sum:1|h", self.name.encode() + b"_count:1|g"]:
                  s.send(line)
              for i in range(%d):
                  s.send(b"flood:1|h|#i:%%d" %% i)
                  if i %% 50 == 0:
                      time.sleep(0.005)
      """
          .formatted(FLOOD);

  private static Team author;
  private static Team attacker;

  @BeforeAll
  static void begin() {
    author = new Team("honest");
    attacker = new Team("hostile");
  }

  @AfterAll
  static void end() {
    author.close();
    attacker.close();
  }

  @Test
  void aHandlersEvilLinesLeaveEverybodysMetricsAsTheyWere() {
    var name = "e2e_guard_" + Long.toString(System.nanoTime(), 36);
    var restarts = restarts();
    author.applies(yaml("before", name, HONEST, 20));
    assertThat(author.reasonOfTheEndOf("before", LONG)).isEqualTo("Complete");
    awaitSum(name + "_count", 60);
    var dropped = dropped("tag");
    var refused = dropped("sender_series");

    attacker.applies(yaml("evil", name, HOSTILE, 1));
    assertThat(attacker.reasonOfTheEndOf("evil", LONG)).isEqualTo("Complete");

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(dropped("tag")).isEqualTo(dropped + 3));
    assertThat(dropped("sender_series")).isGreaterThan(refused + FLOOD / 2.0);
    assertThat(Exporter.sum(name + "_count")).isEqualTo(60);
    assertThat(Exporter.sum(name + "_seen_count")).isEqualTo(20);
    assertThat(Exporter.sum("batchapi_batches_total", "namespace=\"other\"")).isZero();
    assertThat(restarts()).isEqualTo(restarts);

    // And everybody else goes on, with new names too.
    author.applies(yaml("after", name + "_new", HONEST, 20));
    assertThat(author.reasonOfTheEndOf("after", LONG)).isEqualTo("Complete");
    awaitSum(name + "_new_count", 60);
  }

  /** As somebody could only do from within the exporter's pod. */
  @Test
  void anExporterWhoseMetricsFailIsRestarted() {
    var restarts = restarts();
    Cluster.inSystem(
        "exec",
        "deployment/statsd-exporter",
        "-c",
        "guard",
        "--",
        "python3",
        "-c",
        "import socket; socket.create_connection(('127.0.0.1', 9125)).sendall(b'x:1|c|#__name__:y\\n')");

    await().atMost(LONG).until(() -> restarts() > restarts);
    Cluster.inSystem("rollout", "status", "deployment/statsd-exporter", "--timeout=60s");
    var name = "e2e_restarted_" + Long.toString(System.nanoTime(), 36);
    author.applies(yaml("restarted", name, HONEST, 20));
    assertThat(author.reasonOfTheEndOf("restarted", LONG)).isEqualTo("Complete");
    awaitSum(name + "_count", 60);
  }

  private static void awaitSum(String metric, double sum) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(Exporter.sum(metric)).isEqualTo(sum));
  }

  private static double dropped(String reason) {
    return Exporter.guardSum(
        "batchapi_guard_lines_dropped_total", "reason=\"%s\"".formatted(reason));
  }

  private static int restarts() {
    var counts =
        Cluster.inSystem(
            "get",
            "pods",
            "-l",
            "app.kubernetes.io/name=statsd-exporter",
            "-o",
            "jsonpath={.items[*].status.containerStatuses[*].restartCount}");
    var sum = 0;
    for (var count : counts.strip().split(" ", -1)) {
      sum += Integer.parseInt(count);
    }
    return sum;
  }

  private static String yaml(String job, String name, String handler, int batches) {
    return Team.python(job, "input: {count: %d}".formatted(batches), "", handler)
        .replace("  handler:\n", "  handler:\n    config: {name: %s}\n".formatted(name));
  }
}
