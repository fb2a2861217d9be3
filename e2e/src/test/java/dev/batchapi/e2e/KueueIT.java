package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A real Kueue shares out the cluster: its queue has room for one worker. */
@Tag("alone")
@ExtendWith(Cluster.class)
@Timeout(300)
final class KueueIT {
  private static final String QUEUES =
      """
      apiVersion: kueue.x-k8s.io/v1beta2
      kind: ResourceFlavor
      metadata: {name: any}
      ---
      apiVersion: kueue.x-k8s.io/v1beta2
      kind: ClusterQueue
      metadata: {name: nightly}
      spec:
        namespaceSelector: {}
        preemption: {withinClusterQueue: LowerPriority}
        resourceGroups:
        - coveredResources: [cpu, memory]
          flavors:
          - name: any
            resources:
            - {name: cpu, nominalQuota: 200m}
            - {name: memory, nominalQuota: 1Gi}
      ---
      apiVersion: kueue.x-k8s.io/v1beta2
      kind: WorkloadPriorityClass
      metadata: {name: urgent}
      value: 1000
      ---
      apiVersion: kueue.x-k8s.io/v1beta2
      kind: LocalQueue
      metadata: {name: team}
      spec: {clusterQueue: nightly}
      ---
      apiVersion: batchapi.dev/v1alpha1
      kind: BatchAPI
      metadata: {name: work}
      spec:
        resources: {requests: {cpu: 100m, memory: 64Mi}}
        handler:
          python:
            inline: |
              import time

              class Handler:
                  def handle_batch(self, payload):
                      time.sleep(0.2)
                      return payload
      """;

  private static Team user;

  @BeforeAll
  static void begin() throws IOException, InterruptedException {
    var version = System.getenv("KUEUE_VERSION");
    Assumptions.assumeTrue(version != null, "KUEUE_VERSION is not set: make test sets it");
    user = new Team("kueue");
    kueue("up", version);
    // Its webhook may not answer in the first moment.
    user.awaits("the queues", () -> user.tries(QUEUES).code() == 0);
  }

  @AfterAll
  static void end() throws IOException, InterruptedException {
    if (user != null) {
      user.kubectl("delete", "batchjobs", "--all");
      try {
        kueue("down");
      } finally {
        user.close();
      }
    }
  }

  private static void kueue(String... arguments) throws IOException, InterruptedException {
    var command = Stream.concat(Stream.of("kueue/kueue.sh"), Stream.of(arguments)).toList();
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
  }

  private static void submits(String name, int batches, int workers, String labels) {
    user.applies(
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchJob
        metadata:
          name: %s
          labels: {kueue.x-k8s.io/queue-name: team%s}
        spec: {apiName: work, workers: %d, input: {count: %d}, overrides: {batchSize: 1}}
        """
            .formatted(name, labels, workers, batches));
  }

  @Test
  void theSecondJobWaitsForItsTurn() {
    submits("first", 40, 1, "");
    user.awaits("the first", () -> user.ready("first") == 1);
    submits("second", 5, 1, "");
    user.awaitsReason("second", "JobSuspended");

    var first = user.completes("first", 40);
    var second = user.completes("second", 5);

    assertThat(second.getStatus().startTime())
        .isGreaterThanOrEqualTo(first.getStatus().completionTime());
  }

  @Test
  void aJobRunsOnTheWorkersThatThereIsRoomFor() {
    submits("wide", 30, 3, "");

    user.awaits("one", () -> user.ready("wide") == 1);
    user.completes("wide", 30);
  }

  @Test
  void aWorkerThatIsTakenAwayForAnUrgentJobComesBack() {
    submits("low", 150, 1, "");
    user.awaits("some batches", () -> user.succeeded("low") >= 5);

    submits("urgent", 50, 1, ", kueue.x-k8s.io/priority-class: urgent");

    user.awaitsReason("low", "JobSuspended");
    user.completes("urgent", 50);
    assertThat(user.succeeded("low")).isLessThan(150);
    user.completes("low", 150);
    assertThat(user.workers("low").lost()).isEqualTo(1);
  }
}
