package dev.batchapi.runtime.worker;

import static dev.batchapi.runtime.worker.ScriptedJob.FINE;
import static dev.batchapi.runtime.worker.ScriptedJob.ID;
import static dev.batchapi.runtime.worker.ScriptedJob.RETRY;
import static dev.batchapi.runtime.worker.ScriptedJob.assignment;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.BatchError.Reason;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.WrappedLease;
import dev.batchapi.queue.WrappedQueue;
import dev.batchapi.queue.memory.MemoryQueue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Batches and items whose handler asks for them later. */
@Timeout(30)
class LaterCallsTest {
  private final ScriptedJob job = new ScriptedJob();
  private final ScriptedHosts hosts = job.hosts;

  @Test
  void aBatchThatIsWantedLaterHasTheSameAttemptAgain() {
    var busy = BatchError.of(Reason.HandlerFailed, "429");
    hosts.answers(
        new Answer.Later(Duration.ofMillis(20), busy), new Answer.Later(Duration.ZERO, busy), FINE);
    job.enqueue(1);
    job.runUntil(1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1", "uid-1-0 #1", "uid-1-0 #1");
    assertThat(job.counts().failedAttempts()).isZero();
    assertThat(job.outcome(0).attempts()).isEqualTo(1);
  }

  @Test
  void aBatchThatIsWantedMuchLaterGoesBackToTheQueueMeanwhile() throws Exception {
    hosts.answers(
        new Answer.Later(Duration.ofMinutes(10), BatchError.of(Reason.HandlerFailed, "429")));
    job.enqueue(1);
    var worker = job.worker(RETRY);
    var thread = Thread.ofPlatform().start(worker::run);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> job.queue.longestDelay(ID).compareTo(Duration.ofMinutes(9)) > 0);
    worker.stop();
    assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
    assertThat(worker.waits().timesAsked()).isEqualTo(1);
    assertThat(job.counts().failedAttempts()).isZero();
  }

  @Test
  void aBatchThatWentBackToTheQueueIsNotRenewedWhileItsWorkerRests() throws Exception {
    hosts.answers(
        new Answer.Later(Duration.ofMinutes(10), BatchError.of(Reason.HandlerFailed, "429")));
    try (var brief = new MemoryQueue(Duration.ofMillis(300), System::nanoTime)) {
      brief.enqueue(ID, Batches.of(1, index -> "[0]".getBytes(UTF_8)));
      var back = new CountDownLatch(1);
      var renewed = new AtomicInteger();
      UnaryOperator<Lease> noting =
          lease ->
              new WrappedLease(lease) {
                @Override
                public void renew() {
                  renewed.incrementAndGet();
                }

                @Override
                public void giveBack(Duration delay) {
                  super.giveBack(delay);
                  back.countDown();
                }
              };
      var worker =
          new Worker(assignment(RETRY), WrappedQueue.withLeases(brief.worker(ID), noting), hosts);
      var thread = Thread.ofPlatform().start(worker::run);
      assertThat(back.await(20, TimeUnit.SECONDS)).isTrue();
      Thread.sleep(Duration.ofMillis(100)); // one that was under way
      var before = renewed.get();
      Thread.sleep(Duration.ofMillis(400));
      worker.stop();
      assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
      assertThat(renewed).hasValue(before);
    }
  }

  @Test
  void itemsThatAreWantedLaterHaveTheSameAttemptAgainAloneAndTheOthersDoNotWaitForThem() {
    var busy = BatchError.of(Reason.HandlerFailed, "429");
    hosts.answers(
        Answer.Items.of(
            List.of("0", "null", "null"),
            new TreeMap<>(),
            new TreeMap<>(Map.of(1, Duration.ofMillis(1500), 2, Duration.ofMillis(10))),
            new TreeMap<>(Map.of(1, busy, 2, busy)),
            Optional.empty()),
        new Answer.Result("[2]".getBytes(UTF_8)),
        new Answer.Later(Duration.ZERO, busy),
        new Answer.Result("[1]".getBytes(UTF_8)));
    job.enqueue(1);
    job.runUntil(1);
    assertThat(hosts.handled)
        .containsExactly("uid-1-0 #1", "uid-1-0 #1 [2]", "uid-1-0 #1 [1]", "uid-1-0 #1 [1]");
    assertThat(job.result(0)).isEqualTo("[0,1,2]");
    assertThat(job.outcome(0).attempts()).isEqualTo(1);
  }
}
