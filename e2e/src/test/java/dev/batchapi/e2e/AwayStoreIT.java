package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.JobPhase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A store that is away while results are written to it. That is waited for, for minutes: a class of
 * its own, which begins early and runs beside the others.
 */
@ExtendWith(Cluster.class)
final class AwayStoreIT {
  private static final String ECHO =
      "class Handler:\n    def handle_batch(self, payload):\n        return payload\n";
  private static final String LARGE =
      """
      import time
      class Handler:
          def handle_batch(self, payload):
              time.sleep(5)
              return ["x" * 400_000]
      """;

  private static Team user;
  private static S3Server s3;

  @BeforeAll
  static void begin() {
    user = new Team("awaystore");
    s3 = new S3Server(user);
  }

  @AfterAll
  static void end() {
    s3.close();
    user.close();
  }

  private static void accepted(String job, int batches, String handler) {
    s3.secret("moving", "hush-hush-hush");
    user.applies(
        Team.python(
            job,
            "input: {count: %d}\noutput: {path: \"s3://photos/out/%s/\"}".formatted(batches, job),
            "storage: {secret: {name: moving}}",
            handler));
    user.awaits(
        "acceptance",
        () ->
            user.job(job).getStatus() != null && user.job(job).getStatus().acceptedTime() != null);
  }

  private static void runs(String... arguments) {
    var result = user.kubectl(arguments);
    assertThat(result.code()).as(result.out()).isZero();
  }

  private static void patch(String job, String spec) {
    runs("patch", "batchjob", job, "--type=merge", "-p", "{\"spec\":" + spec + "}");
  }

  private static boolean isIn(String job, JobPhase phase) {
    var status = user.job(job).getStatus();
    return status != null && status.phase() == phase;
  }

  private static void awaitsTheStoresWords(String job, String type) {
    user.awaits(
        "the store's words",
        () ->
            user.condition(job, type)
                .filter(c -> c.reason().equals("StorageUnavailable"))
                .isPresent());
  }

  @Test
  void aStoreThatIsAwayAtTheEndIsWaitedForAndSaidOnce() {
    accepted("away", 3, ECHO);
    s3.secretOfNowhere("moving");

    awaitsTheStoresWords("away", "OutputWritten");
    assertThat(isIn("away", JobPhase.COLLECTING)).isTrue();
    patch("away", "{\"suspend\":true}");
    user.awaits("suspension", () -> isIn("away", JobPhase.SUSPENDED));
    s3.secret("moving", "hush-hush-hush");
    patch("away", "{\"suspend\":false}");

    user.completes("away", 3);
    assertThat(s3.get("out/away/results-00000.jsonl").lines()).hasSize(3);
  }

  @Test
  void aWorkerThatWaitsToWriteALargeResultSaysSo() {
    accepted("large", 1, LARGE);
    patch("large", "{\"suspend\":true}");
    user.awaits(
        "suspension",
        () ->
            user.pods("large").stream()
                .allMatch(pod -> pod.getMetadata().getName().contains("-split-")));
    s3.secretOfNowhere("moving");
    patch("large", "{\"suspend\":false}");

    awaitsTheStoresWords("large", "StorageAvailable");
    assertThat(user.condition("large", "StorageAvailable").orElseThrow().message())
        .contains("batch 0", "bucket photos");
    s3.secret("moving", "hush-hush-hush");
    runs("delete", "pod", "-l", "batchapi.dev/job=large", "--grace-period=0", "--force");

    user.completes("large", 1);
  }
}
