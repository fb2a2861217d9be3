package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.Condition;
import dev.batchapi.crds.JobPhase;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a user does with a job that runs: hold it, scale it, stop it, limit it. */
@ExtendWith(Cluster.class)
final class LifecycleIT {
  private static final String SLOW =
      """
      import time

      class Handler:
          def handle_batch(self, payload):
              time.sleep(0.5)
              return payload
      """;

  private static Team user;

  @BeforeAll
  static void begin() {
    user = new Team("lifecycle");
  }

  @AfterAll
  static void end() {
    user.close();
  }

  private static long runningPods(String job) {
    return user.pods(job).stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .filter(pod -> Objects.equals(pod.getStatus().getPhase(), "Running"))
        .count();
  }

  @Test
  void aSuspendedJobKeepsWhatIsDoneAndGoesOnLater() {
    user.applies(Team.python("hold", "input: {count: 20}\nworkers: 2", "batchSize: 1", SLOW));
    user.awaits("some batches", () -> user.succeeded("hold") >= 2);

    user.kubectl(
        "patch", "batchjob", "hold", "--type=merge", "-p", "{\"spec\":{\"suspend\":true}}");

    user.awaits("no pods", () -> runningPods("hold") == 0);
    user.awaits("Suspended", () -> user.job("hold").getStatus().phase() == JobPhase.SUSPENDED);
    var done = user.succeeded("hold");
    assertThat(done).isBetween(2, 19);

    user.kubectl(
        "patch", "batchjob", "hold", "--type=merge", "-p", "{\"spec\":{\"suspend\":false}}");

    assertThat(user.reasonOfTheEndOf("hold")).isEqualTo("Complete");
    assertThat(user.batches("hold").succeeded()).isEqualTo(20);
  }

  @Test
  void aJobCanBeBornSuspended() {
    user.applies(Team.python("born", "input: {count: 1}\nsuspend: true", "batchSize: 1", SLOW));
    user.awaits("Suspended", () -> user.condition("born", "Suspended").isPresent());
    assertThat(user.pods("born")).isEmpty();

    user.kubectl(
        "patch", "batchjob", "born", "--type=merge", "-p", "{\"spec\":{\"suspend\":false}}");

    assertThat(user.reasonOfTheEndOf("born")).isEqualTo("Complete");
  }

  @Test
  void aCancelledJobStopsAndKeepsItsRecord() {
    user.applies(Team.python("stop", "input: {count: 1000}\nworkers: 2", "batchSize: 1", SLOW));
    user.awaits("some batches", () -> user.succeeded("stop") >= 2);

    user.kubectl("patch", "batchjob", "stop", "--type=merge", "-p", "{\"spec\":{\"cancel\":true}}");

    assertThat(user.reasonOfTheEndOf("stop")).isEqualTo("Cancelled");
    var status = user.job("stop").getStatus();
    assertThat(status.phase()).isEqualTo(JobPhase.CANCELLED);
    assertThat(user.batches("stop").succeeded()).isGreaterThanOrEqualTo(2);
    assertThat(user.batches("stop").remaining()).isPositive();
    user.awaits("no pods", () -> runningPods("stop") == 0);
  }

  @Test
  void workersComeAndGoWithScale() {
    user.applies(Team.python("scale", "input: {count: 200}\nworkers: 1", "batchSize: 1", SLOW));
    user.awaits("one ready", () -> user.ready("scale") == 1);

    var up = user.kubectl("scale", "batchjob/scale", "--replicas=3");
    assertThat(up.code()).as(up.out()).isZero();
    user.awaits("three ready", () -> user.ready("scale") == 3);

    user.kubectl("scale", "batchjob/scale", "--replicas=1");
    user.awaits("one pod", () -> runningPods("scale") == 1 && user.ready("scale") == 1);
    assertThat(user.job("scale").getStatus().failedAttempts()).isZero();

    user.kubectl("delete", "batchjob", "scale");
    user.awaits("nothing", () -> user.pods("scale").isEmpty());
  }

  @Test
  void aRunThatTakesTooLongIsStopped() {
    user.applies(Team.python("late", "input: {count: 1000}", "timeouts: {runSeconds: 3}", SLOW));

    assertThat(user.reasonOfTheEndOf("late")).isEqualTo("DeadlineExceeded");
    assertThat(user.job("late").getStatus().phase()).isEqualTo(JobPhase.TIMED_OUT);
  }

  @Test
  void tooManyFailuresStopTheJobEarly() {
    user.applies(
        Team.python(
            "fail",
            "input: {count: 1000}",
            "maxFailedBatches: 2\nretry: {maxAttempts: 1}",
            """
            class Handler:
                def handle_batch(self, payload):
                    raise ValueError(f"item {payload[0]} is not to my taste")
            """));

    assertThat(user.reasonOfTheEndOf("fail")).isEqualTo("TooManyFailures");
    assertThat(user.batches("fail").failed()).isBetween(3, 20);
    assertThat(user.failures("fail").getFirst().message())
        .contains("ValueError: item 0 is not to my taste");
    assertThat(user.failures("fail").getFirst().reason()).isEqualTo("HandlerFailed");
  }

  @Test
  void aFinishedJobGoesWhenItsTimeIsUp() {
    user.applies(
        Team.python(
            "brief",
            "input: {count: 1}\nttlSecondsAfterFinished: 2",
            "batchSize: 1",
            "class Handler:\n    def handle_batch(self, payload):\n        return payload\n"));

    user.awaits("the end", () -> user.find("brief").isEmpty());
    user.awaits("no pods", () -> user.pods("brief").isEmpty());
  }

  @Test
  void aJobWaitsForItsApi() {
    user.applies(
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchJob
        metadata: {name: early}
        spec: {apiName: early, input: {count: 2}}
        """);
    user.awaits(
        "a reason",
        () ->
            user.condition("early", "Accepted")
                .filter(c -> c.reason().equals("ApiNotFound"))
                .filter(c -> c.status() == Condition.Status.FALSE)
                .isPresent());

    user.applies(
        Team.python(
            "early",
            "input: {count: 2}",
            "batchSize: 1",
            "class Handler:\n    def handle_batch(self, payload):\n        return payload\n"));

    assertThat(user.reasonOfTheEndOf("early")).isEqualTo("Complete");
  }

  /** The operator's cache does not keep them. */
  @Test
  void itemsOfTheBatchJobItselfAreWorkedOnEachInItsPlace() {
    user.applies(
        Team.python(
            "photos",
            "input: {items: [{name: cat}, {name: horse}, {name: dog}]}",
            "retry: {maxAttempts: 1}",
            """
            class Handler:
                def handle_batch(self, payload):
                    if payload != [{"name": "cat"}] and payload != [{"name": "horse"}]:
                        raise ValueError("no " + payload[0]["name"])
            """));

    assertThat(user.reasonOfTheEndOf("photos")).isEqualTo("BatchesFailed");
    assertThat(user.batches("photos").succeeded()).isEqualTo(2);
    assertThat(user.failures("photos"))
        .singleElement()
        .satisfies(failure -> assertThat(failure.index()).isEqualTo(2))
        .satisfies(failure -> assertThat(failure.message()).contains("no dog"));
  }

  @Test
  void aRunningJobKeepsTheHandlerItWasAcceptedWith() {
    var first = SLOW.replace("return payload", "return 'first'");
    user.applies(Team.python("frozen", "input: {count: 12}\nworkers: 1", "batchSize: 1", first));
    user.awaits("some batches", () -> user.succeeded("frozen") >= 1);

    user.applies(
        Team.python(
            "frozen",
            "input: {count: 12}\nworkers: 1",
            "batchSize: 1",
            "class Handler:\n    def handle_batch(self, payload):\n        raise ValueError('second')\n"));
    user.pods("frozen")
        .forEach(pod -> user.kubectl("delete", "pod", pod.getMetadata().getName(), "--wait=false"));

    assertThat(user.reasonOfTheEndOf("frozen")).isEqualTo("Complete");
    assertThat(user.workers("frozen").lost()).isPositive();
  }

  private static String withJobs(String entries) {
    return """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchAPI
        metadata: {name: all-in-one}
        spec:
          handler:
            python:
              inline: |
                class Handler:
                    def handle_batch(self, payload):
                        return payload
          jobs:
        %s
        """
        .formatted(entries.indent(4));
  }

  @Test
  void oneResourceRunsItsJobsEachOnceWhateverHappensLater() {
    var smoke = "- {name: smoke, input: {count: 2}, ttlSecondsAfterFinished: 0}";
    user.applies(withJobs(smoke));
    user.awaits("smoke to be run", () -> phaseOf("smoke").equals("Succeeded"));
    user.awaits("its time to be up", () -> user.find("all-in-one-smoke").isEmpty());

    user.applies(withJobs(smoke + "\n- {name: full, input: {count: 4}}"));

    assertThat(user.reasonOfTheEndOf("all-in-one-full")).isEqualTo("Complete");
    assertThat(user.find("all-in-one-smoke")).as("not a second time").isEmpty();
    assertThat(user.tries(withJobs("- {name: full, input: {count: 5}}")).out())
        .contains("an entry of jobs cannot be edited");

    user.applies(withJobs("- {name: other, input: {count: 1}}"));

    user.awaits("the removed one to be gone", () -> user.find("all-in-one-full").isEmpty());
    assertThat(user.reasonOfTheEndOf("all-in-one-other")).isEqualTo("Complete");
  }

  private static String phaseOf(String entry) {
    return user.kubectl(
            "get",
            "batchapi",
            "all-in-one",
            "-o",
            "jsonpath={.status.jobs[?(@.name==\"%s\")].phase}".formatted(entry))
        .out()
        .strip();
  }
}
