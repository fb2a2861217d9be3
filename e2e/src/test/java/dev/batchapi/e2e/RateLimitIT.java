package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.Condition;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What holds all workers of a job back, and costs nothing but time. */
@ExtendWith(Cluster.class)
final class RateLimitIT {
  private static final int PER_SECOND = 20;
  private static final int BURST = 5;
  private static final int ITEMS = 900;

  /**
   * A permit is used when it is due or later; one that is granted, and whose thread then gets no
   * processor, is used this much later at most.
   */
  private static final double LATE_SECONDS = 2;

  /** Says when it is called. One of 36 items is asked for again, by each process once. */
  private static final String HANDLER =
      """
      import time
      from batchapi import RetryLater

      class Handler:
          def __init__(self):
              self.told = set()

          def handle_item(self, item):
              print(f"called {time.time():.6f}\\n", end="", flush=True)
              if item % 36 == 5 and item not in self.told:
                  self.told.add(item)
                  raise RetryLater(1, "busy")
              return item
      """;

  private static final String BUSY =
      """
      from batchapi import RetryLater

      class Handler:
          def handle_batch(self, payload):
              raise RetryLater(20, "503, says the service")
      """;

  private static Team user;

  @BeforeAll
  static void begin() {
    user = new Team("rate");
  }

  @AfterAll
  static void end() {
    user.close();
  }

  /** Nobody may have a second attempt: one that {@code RetryLater} had used up would be missing. */
  @Test
  void theLimitHoldsForThreeWorkersOneOfWhichIsKilledAndNothingIsLost() {
    OnNode.isNeeded();
    var api =
        "batchSize: 10\nretry: {maxAttempts: 1}\nrateLimit: {perSecond: %d, burst: %d}"
            .formatted(PER_SECOND, BURST);
    user.applies(
        Team.python("limited", "workers: 3\ninput: {count: %d}".formatted(ITEMS), api, HANDLER)
            .replace("  handler:\n", "  handler:\n    concurrency: 4\n"));

    user.awaits("that it says so", () -> waitsFor("limited", "RateLimit"));
    user.awaits("a part of it", () -> user.succeeded("limited") >= ITEMS / 10 / 4);
    user.awaits("a worker to kill", () -> OnNode.kill(user.pods("limited"), "worker.args"));

    assertThat(user.reasonOfTheEndOf("limited", Duration.ofMinutes(6))).isEqualTo("Complete");
    var status = user.job("limited").getStatus();
    assertThat(status.failedAttempts()).isZero();
    assertThat(Objects.requireNonNull(status.workers()).lost()).isPositive();
    assertThat(user.resultLines("limited", "results").map(line -> line.get("result").asInt()))
        .containsExactlyElementsOf(IntStream.range(0, ITEMS).boxed().toList());
    var calls = calls("limited");
    assertThat(calls).hasSizeGreaterThanOrEqualTo(ITEMS + ITEMS / 36);
    assertThat(mostIn(calls, 10))
        .isLessThanOrEqualTo((int) (PER_SECOND * (10 + LATE_SECONDS)) + BURST);
  }

  @Test
  void aJobThatIsToldToWaitSaysSoInItsHandlersWords() {
    user.applies(Team.python("told", "input: {count: 3}", "retry: {maxAttempts: 1}", BUSY));

    user.awaits("that it says so", () -> waitsFor("told", "RetryLater"));
    assertThat(user.condition("told", "Waiting").orElseThrow().message())
        .endsWith(": 503, says the service");
    assertThat(user.kubectl("get", "events").out()).contains("503, says the service");
    assertThat(operatorsMetrics())
        .contains(
            "batchapi_jobs_waiting{api=\"told\",namespace=\"%s\"".formatted(user.namespace()));
  }

  private static String operatorsMetrics() {
    var pod =
        Cluster.inSystem(
            "get",
            "pod",
            "-l",
            "app.kubernetes.io/name=batchapi-operator",
            "--field-selector=status.phase=Running",
            "-o",
            "jsonpath={.items[-1:].metadata.name}");
    return Cluster.inSystem(
        "get",
        "--raw",
        "/api/v1/namespaces/%s/pods/%s:8080/proxy/metrics".formatted(Cluster.SYSTEM, pod.strip()));
  }

  private static boolean waitsFor(String job, String reason) {
    return user.condition(job, "Waiting")
        .filter(c -> c.status() == Condition.Status.TRUE && c.reason().equals(reason))
        .isPresent();
  }

  /** When the handler was called, by its own clock, ascending; also in the pod that was killed. */
  private static double[] calls(String job) {
    var log =
        user.kubectl(
                "logs",
                "-l",
                "batchapi.dev/job=" + job,
                "-c",
                "handler",
                "--tail=-1",
                "--max-log-requests=20")
            .out();
    return log.lines()
        .filter(line -> line.startsWith("called "))
        .mapToDouble(line -> Double.parseDouble(line.substring("called ".length())))
        .sorted()
        .toArray();
  }

  /** The largest number of calls within any time of so many seconds. */
  private static int mostIn(double[] calls, int seconds) {
    var most = 0;
    for (int first = 0, last = 0; last < calls.length; last++) {
      while (calls[last] - calls[first] > seconds) {
        first++;
      }
      most = Math.max(most, last - first + 1);
    }
    return most;
  }
}
