package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.operator.pod.Names;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A node that says nothing any more, while its pods go on: nobody else knows what they do. */
@Tag("alone")
@ExtendWith(Cluster.class)
final class FrozenNodeIT {
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
    OnNode.isNeeded();
    user = new Team("node");
  }

  @AfterAll
  static void end() {
    if (user != null) {
      user.close();
    }
  }

  /** The cluster has one node, so what takes the worker's place has to wait for it. */
  @Test
  void aWorkerOnANodeThatDoesNotAnswerIsReplacedAndTheEventSaysWhy() {
    user.applies(Team.python("away", "input: {count: 220}", "batchSize: 1", SLOW));
    user.awaits("some batches", () -> user.succeeded("away") >= 2);

    try (var _ = OnNode.freeze("kubelet")) {
      user.awaits(
          "a replacement",
          () ->
              user.kubectl("get", "job", Names.workerJob("away", 0, 1), "-o", "name").code() == 0);
      user.awaits(
          "its reason",
          () ->
              user.kubectl("get", "events", "--field-selector", "reason=WorkerLost")
                  .out()
                  .contains("node0"));
      user.awaits("the loss", () -> user.workers("away").lost() >= 1);
    }

    user.completes("away", 220);
    assertThat(user.job("away").getStatus().failedAttempts()).isZero();
  }
}
