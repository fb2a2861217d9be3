package dev.batchapi.operator.job.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.operator.job.observe.WorkerState.How;
import dev.batchapi.operator.kube.Trimmed;
import dev.batchapi.operator.status.Reason;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** States as kubelet, scheduler and Job controller write them. */
final class PodReadingTest {
  private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant NOW = Instant.parse("2026-01-01T00:01:00Z");
  private static final String QUEUE = "nats://nats.batchapi-system.svc:4222";
  private static final Job JOB =
      Serialization.unmarshal(
          "---\n{apiVersion: batch/v1, kind: Job, metadata: {name: j-0-0}}", Job.class);

  private static WorkerState read(String podStatus) {
    return PodReading.read(JOB, pod("", podStatus), QUEUE, NOW);
  }

  /** As it comes out of the cache. */
  private static Pod pod(String metadata, String status) {
    Pod whole =
        Serialization.unmarshal(
            "---\n{apiVersion: v1, kind: Pod, metadata: {name: p, creationTimestamp: \"2026-01-01T00:00:00Z\"%s}, spec: {nodeName: node-1, containers: []}, status: %s}"
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
    "10,LOST",
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

    assertThat(PodReading.read(JOB, pod, QUEUE, NOW))
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
                            Reason.ImagePullFailed,
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
                assertThat(pending.trouble())
                    .contains(new Trouble(Reason.Unschedulable, "0/1 nodes")));
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
                QUEUE,
                NOW.plusSeconds(10)))
        .isInstanceOf(WorkerState.Ended.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "reason: Evicted, message: The node was low on memory.",
        "reason: Preempting, message: The node was low on memory.",
        "reason: Terminated, message: The node was low on memory.",
        "conditions: [{type: DisruptionTarget, status: 'True', message: The node was low on memory.}]"
      })
  void aPodWithASignOfDisruptionWasTakenAway(String sign) {
    assertThat(read("{phase: Failed, %s}".formatted(sign)))
        .isEqualTo(new WorkerState.Ended(How.DISRUPTED, "The node was low on memory.", CREATED));
  }

  @Test
  void anInitContainerThatFailsIsALossInItsWords() {
    var state =
        read(
            "{phase: Failed, initContainerStatuses: [{name: ready, image: i, state: {terminated: {exitCode: 0}}}, {name: fetch, image: i, state: {terminated: {exitCode: 1, reason: Error, message: no such bucket, finishedAt: \"2026-01-01T00:00:30Z\"}}}], containerStatuses: [{name: worker, image: w, ready: false, state: {waiting: {reason: PodInitializing}}}]}");

    assertThat(state)
        .isEqualTo(
            new WorkerState.Ended(
                How.NEVER_STARTED,
                "init container fetch ended: exit code 1: no such bucket",
                Instant.parse("2026-01-01T00:00:30Z")));
  }

  @ParameterizedTest
  @CsvSource({
    "UnexpectedAdmissionError,Allocate failed due to no healthy devices present",
    "OutOfcpu,'Node didn''t have enough resource: cpu'",
    "TopologyAffinityError,Resources cannot be allocated with Topology locality",
    "NodeAffinity,Predicate NodeAffinity failed"
  })
  void whatTheNodeRefusesIsALossInItsWords(String reason, String message) {
    var state = read("{phase: Failed, reason: %s, message: \"%s\"}".formatted(reason, message));

    assertThat(state)
        .isEqualTo(
            new WorkerState.Ended(
                How.NEVER_STARTED,
                "its pod ended before its containers ran: %s: %s".formatted(reason, message),
                CREATED));
  }

  @Test
  void anEvictionForItsOwnUseOfTheDiskIsALoss() {
    var evicted =
        "phase: Failed, reason: Evicted, message: 'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. '";
    var words = "Pod ephemeral local storage usage exceeds the total limit of containers 1Gi.";

    assertThat(read("{%s}".formatted(evicted)))
        .isInstanceOfSatisfying(
            WorkerState.Ended.class,
            ended -> {
              assertThat(ended.how()).isEqualTo(How.NEVER_STARTED);
              assertThat(ended.lastWords()).contains(words);
            });
    assertThat(
            read(
                "{%s, containerStatuses: [{name: worker, image: w, %s}]}"
                    .formatted(evicted, terminated(143, "message: stopped"))))
        .isEqualTo(new WorkerState.Ended(How.LOST, words, Instant.parse("2026-01-01T00:00:59Z")));
  }

  @Test
  void anEndWhoseTimeNobodyKnowsHasOneThatDoesNotMove() {
    var status =
        containers(
            "ready: false, state: {terminated: {exitCode: 137, reason: ContainerStatusUnknown, finishedAt: null}}",
            RUNNING);
    for (var now : List.of(NOW, NOW.plusSeconds(100))) {
      assertThat(PodReading.read(JOB, pod("", status), QUEUE, now))
          .isInstanceOfSatisfying(
              WorkerState.Ended.class, ended -> assertThat(ended.at()).isEqualTo(CREATED));
    }
  }

  @Test
  void aNodeWhoseClockIsAheadDelaysNothing() {
    var status =
        containers(
            "ready: false, state: {terminated: {exitCode: 1, finishedAt: \"2026-01-01T01:00:59Z\"}}",
            RUNNING);

    assertThat(read(status))
        .isInstanceOfSatisfying(
            WorkerState.Ended.class, ended -> assertThat(ended.at()).isEqualTo(CREATED));
  }

  @Test
  void aNodeThatDoesNotAnswerHasLostItsWorker() {
    var gone =
        "{phase: Running, conditions: [{type: Ready, status: 'False', lastTransitionTime: \"2026-01-01T00:00:50Z\"}], containerStatuses: [{name: worker, image: w, ready: true, state: {running: {}}}, {name: handler, image: h, ready: true, state: {running: {}}}]}";

    assertThat(read(gone))
        .isEqualTo(
            new WorkerState.Ended(
                How.DISRUPTED,
                "its node \"node-1\" does not answer, the control plane has given it up since 2026-01-01T00:00:50Z",
                Instant.parse("2026-01-01T00:00:50Z")));
    assertThat(PodReading.lingers(pod("", gone))).isTrue();
  }

  @Test
  void aGateOfTheAuthorsThatIsClosedIsNoNodeThatDoesNotAnswer() {
    assertThat(
            read(
                "{phase: Running, conditions: [{type: Ready, status: 'False', reason: ReadinessGatesNotReady}], containerStatuses: [{name: worker, image: w, ready: true, state: {running: {}}}, {name: handler, image: h, ready: true, state: {running: {}}}]}"))
        .isEqualTo(new WorkerState.Ready());
  }

  private static Optional<Trouble> trouble(WorkerState state) {
    return state instanceof WorkerState.Pending(var trouble, _) ? trouble : Optional.empty();
  }

  @Test
  void anInitContainersImageIsNamed() {
    assertThat(
            trouble(
                read(
                    "{phase: Pending, initContainerStatuses: [{name: fetch, image: \"acme/f:1\", state: {waiting: {reason: ErrImagePull, message: no such host}}}]}")))
        .contains(
            new Trouble(
                Reason.ImagePullFailed,
                "image \"acme/f:1\" of init container fetch: no such host"));
  }

  @Test
  void aPodWithoutItsVolumesIsAskedAbout() {
    var scheduled = "{type: PodScheduled, status: 'True'}";
    assertThat(read("{phase: Pending, conditions: [%s]}".formatted(scheduled)))
        .isEqualTo(new WorkerState.Pending(Optional.empty(), true));
    assertThat(
            read(
                "{phase: Pending, conditions: [%s, {type: PodReadyToStartContainers, status: 'True'}]}"
                    .formatted(scheduled)))
        .isEqualTo(new WorkerState.Pending(Optional.empty(), false));
  }

  private static String started(boolean started, int secondsAgo) {
    return "ready: false, started: %s, state: {running: {startedAt: \"%s\"}}"
        .formatted(started, NOW.minusSeconds(secondsAgo));
  }

  @Test
  void aWorkerThatCannotReachTheQueueSaysSoByItsProbe() {
    assertThat(read(containers(started(false, 44), started(false, 44))))
        .isEqualTo(new WorkerState.Starting());
    assertThat(trouble(read(containers(started(false, 45), started(false, 45)))))
        .hasValueSatisfying(
            trouble -> {
              assertThat(trouble.reason()).isEqualTo(Reason.QueueUnreachable);
              assertThat(trouble.message()).contains(QUEUE, "egress");
            });
  }

  @Test
  void aHandlerThatNeverConnectsSaysSoByItsProbe() {
    assertThat(read(containers(started(true, 50), started(false, 44))))
        .isEqualTo(new WorkerState.Starting());
    assertThat(trouble(read(containers(started(true, 50), started(false, 45)))))
        .map(Trouble::reason)
        .contains(Reason.HandlerNotConnected);
    assertThat(read(containers(started(true, 50), started(true, 50))))
        .isEqualTo(new WorkerState.Starting());
  }

  @Test
  void anOutOfMemoryKillIsOfThisBatchJobsPodsAlone() {
    var pod =
        pod(
            ", labels: {batchapi.dev/job-uid: mine}",
            containers(RUNNING, terminated(137, "reason: OOMKilled")));

    assertThat(PodEnd.isHandlerOomKilled(pod, "mine")).isTrue();
    assertThat(PodEnd.isHandlerOomKilled(pod, "that-of-the-same-name-before")).isFalse();
  }

  @Test
  void aFinishedJobWithoutAPodWasTakenAway() {
    var failed =
        Serialization.unmarshal(
            "---\n{apiVersion: batch/v1, kind: Job, metadata: {name: j-0-0}, status: {conditions: [{type: Failed, status: 'True', lastTransitionTime: \"2026-01-01T00:00:40Z\"}]}}",
            Job.class);

    assertThat(PodReading.read(failed, null, QUEUE, NOW))
        .isEqualTo(
            new WorkerState.Ended(
                How.DISRUPTED, "its pod was deleted", Instant.parse("2026-01-01T00:00:40Z")));
  }
}
