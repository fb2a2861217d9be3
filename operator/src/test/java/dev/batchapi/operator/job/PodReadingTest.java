package dev.batchapi.operator.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.operator.job.WorkerState.How;
import dev.batchapi.operator.kube.Trimmed;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** States as kubelet, scheduler and Job controller write them. */
final class PodReadingTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:01:00Z");
  private static final Job JOB =
      Serialization.unmarshal(
          "---\n{apiVersion: batch/v1, kind: Job, metadata: {name: j-0-0}}", Job.class);

  private static WorkerState read(String podStatus) {
    return PodReading.read(JOB, pod("", podStatus), NOW);
  }

  /** As it comes out of the cache. */
  private static Pod pod(String metadata, String status) {
    Pod whole =
        Serialization.unmarshal(
            "---\n{apiVersion: v1, kind: Pod, metadata: {name: p%s}, status: %s}"
                .formatted(metadata, status),
            Pod.class);
    var cache = new Trimmed.Pods();
    cache.put("p", whole);
    return cache.get("p");
  }

  private static String containers(String worker, String handler) {
    return "{phase: Running, containerStatuses: [{name: worker, image: w, %s}, {name: handler, image: \"acme/h:1\", %s}]}"
        .formatted(worker, handler);
  }

  private static final String RUNNING = "ready: false, state: {running: {}}";

  private static String terminated(int code, String rest) {
    return "ready: false, state: {terminated: {exitCode: %d, finishedAt: \"2026-01-01T00:00:59Z\", %s}}"
        .formatted(code, rest);
  }

  @Test
  void bothContainersRunUntilTheHandlerIsConstructed() {
    assertThat(read(containers(RUNNING, RUNNING))).isEqualTo(new WorkerState.Starting());
    assertThat(read(containers("ready: true, state: {running: {}}", RUNNING)))
        .isEqualTo(new WorkerState.Ready());
  }

  @ParameterizedTest
  @CsvSource({
    "0,DONE",
    "3,HANDLER_INVALID",
    "4,HANDLER_BROKEN",
    "5,LOST",
    "6,LOST",
    "7,LOST",
    "70,LOST",
    "137,LOST",
    "143,DISRUPTED"
  })
  void anExitCodeSaysWhatFollows(int code, How how) {
    var state = read(containers(terminated(code, "reason: Error, message: last words"), RUNNING));

    assertThat(state)
        .isEqualTo(new WorkerState.Ended(how, "last words", Instant.parse("2026-01-01T00:00:59Z")));
  }

  @Test
  void aKilledWorkerOfADeletedPodIsNotItsOwnFault() {
    var pod =
        pod(
            ", deletionTimestamp: \"2026-01-01T00:00:00Z\"",
            containers(terminated(137, "reason: Error"), RUNNING));

    assertThat(PodReading.read(JOB, pod, NOW))
        .isInstanceOfSatisfying(
            WorkerState.Ended.class, ended -> assertThat(ended.how()).isEqualTo(How.DISRUPTED));
  }

  @Test
  void thatTheHandlerWasOomKilledIsAddedToTheWorkersWords() {
    var state =
        read(
            containers(
                terminated(5, "message: the handler's process ended"),
                terminated(137, "reason: OOMKilled")));

    assertThat(state)
        .isInstanceOfSatisfying(
            WorkerState.Ended.class,
            ended ->
                assertThat(ended.lastWords())
                    .startsWith("the handler's process ended")
                    .contains("OOMKilled"));
  }

  @Test
  void anImageThatCannotBePulledIsNamed() {
    var state =
        read(
            containers(
                RUNNING,
                "ready: false, state: {waiting: {reason: ErrImagePull, message: no such host}}"));

    assertThat(state)
        .isInstanceOfSatisfying(
            WorkerState.Pending.class,
            pending ->
                assertThat(pending.trouble())
                    .contains(
                        new Trouble(
                            "ImagePullFailed",
                            "image \"acme/h:1\" of container handler: no such host")));
  }

  @Test
  void whatTheSchedulerSaysIsTold() {
    var state =
        read(
            "{phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: 0/1 nodes}]}");

    assertThat(state)
        .isInstanceOfSatisfying(
            WorkerState.Pending.class,
            pending ->
                assertThat(pending.trouble()).contains(new Trouble("Unschedulable", "0/1 nodes")));
  }

  @Test
  void aHandlerContainerThatCannotStartIsNotWaitedFor() {
    var state =
        read(
            containers(
                RUNNING,
                terminated(128, "reason: StartError, message: 'exec: python3: not found'")));

    assertThat(state)
        .isInstanceOfSatisfying(
            WorkerState.Ended.class,
            ended -> {
              assertThat(ended.how()).isEqualTo(How.HANDLER_BROKEN);
              assertThat(ended.lastWords()).contains("python3: not found");
            });
  }

  @Test
  void aHandlerContainerThatEndedIsFirstLeftToItsWorker() {
    assertThat(read(containers(RUNNING, terminated(1, "reason: Error"))))
        .isEqualTo(new WorkerState.Starting());
    assertThat(
            PodReading.read(
                JOB,
                pod("", containers(RUNNING, terminated(1, "reason: Error"))),
                NOW.plusSeconds(10)))
        .isInstanceOf(WorkerState.Ended.class);
  }

  @Test
  void anEvictedPodWasTakenAway() {
    var state = read("{phase: Failed, reason: Evicted, message: The node was low on memory.}");

    assertThat(state)
        .isEqualTo(new WorkerState.Ended(How.DISRUPTED, "The node was low on memory.", NOW));
  }

  @Test
  void aFinishedJobWithoutAPodWasTakenAway() {
    var failed =
        Serialization.unmarshal(
            "---\n{apiVersion: batch/v1, kind: Job, metadata: {name: j-0-0}, status: {conditions: [{type: Failed, status: 'True'}]}}",
            Job.class);

    assertThat(PodReading.read(failed, null, NOW))
        .isEqualTo(new WorkerState.Ended(How.DISRUPTED, "its pod was deleted", NOW));
  }
}
