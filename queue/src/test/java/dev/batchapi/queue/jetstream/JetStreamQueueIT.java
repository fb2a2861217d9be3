package dev.batchapi.queue.jetstream;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.QueueContract;
import dev.batchapi.queue.WorkQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class JetStreamQueueIT extends QueueContract {
  private static final JetStreamSettings SETTINGS =
      JetStreamSettings.DEFAULT.withLease(Duration.ofSeconds(3));
  private static NatsServer server;
  private static JetStreamLedger ledger;

  private final List<WorkQueue> workers = new ArrayList<>();

  @BeforeAll
  static void start() {
    server = NatsServer.start();
    ledger = JetStreamLedger.connect(server.owner(), SETTINGS);
  }

  @AfterAll
  static void stop() {
    ledger.close();
    server.close();
  }

  @AfterEach
  void closeWorkers() {
    workers.forEach(WorkQueue::close);
    ledger.retire(job);
    ledger.remove(job);
  }

  @Test
  void anOutcomeThatIsTooLargeIsNoReasonToTryAgain() throws Exception {
    ledger.enqueue(job, batches(1));
    var lease = take(worker(job));
    var large = Outcome.succeeded(1, new byte[2 * Outcome.MAX_BYTES]);
    assertThatThrownBy(() -> lease.commit(large))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("can't commit batch 0");
  }

  @Override
  protected Ledger ledger() {
    return ledger;
  }

  @Override
  protected WorkQueue worker(String ofJob) {
    var queue =
        JetStreamWorkQueue.connect(server.worker(ofJob), ofJob, Integer.MAX_VALUE, SETTINGS);
    workers.add(queue);
    return queue;
  }

  @Override
  protected void letLeasesRunOut() {
    var until = System.nanoTime() + SETTINGS.lease().toNanos();
    await().atMost(LONG).until(() -> System.nanoTime() - until > 0);
  }
}
