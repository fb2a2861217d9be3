package dev.batchapi.runtime.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.BatchError.Reason;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.WrappedQueue;
import dev.batchapi.queue.memory.MemoryQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** A job in memory, whose workers have hosts that answer what the test says. */
final class ScriptedJob {
  static final String ID = "uid-1";
  static final BatchError THROWN = BatchError.of(Reason.HandlerFailed, "no such label");
  static final Answer FINE = new Answer.Result("[1]".getBytes(UTF_8));

  static final RetryPolicy RETRY = attempts(3);
  static final RetryPolicy ONCE = attempts(1);

  /** Waits for an hour before it tries again. */
  static final RetryPolicy PATIENT =
      new RetryPolicy(3, Duration.ofHours(1), Duration.ofHours(1), 10);

  final MemoryQueue queue = new MemoryQueue();
  final ScriptedHosts hosts = new ScriptedHosts();

  private static RetryPolicy attempts(int most) {
    return new RetryPolicy(most, Duration.ofMillis(1), Duration.ofMillis(2), 10);
  }

  static Assignment assignment(RetryPolicy retry) {
    return new Assignment(ID, "monday", retry, Optional.of(Duration.ofSeconds(7)));
  }

  /** Batches that carry one item each: their index. */
  void enqueue(int count) {
    queue.enqueue(ID, Batches.of(count, index -> ("[" + index + "]").getBytes(UTF_8)));
  }

  Worker worker(RetryPolicy retry) {
    return new Worker(assignment(retry), queue.worker(ID), hosts);
  }

  /** A worker that gets its payloads from elsewhere. */
  Worker reading(Payloads payloads) {
    return new Worker(assignment(RETRY), queue.worker(ID), hosts, payloads);
  }

  /** A worker whose leases are others. */
  Worker holding(UnaryOperator<Lease> leases) {
    return new Worker(assignment(RETRY), WrappedQueue.withLeases(queue.worker(ID), leases), hosts);
  }

  WorkerExit runUntil(int done) {
    return runUntil(worker(RETRY), done);
  }

  WorkerExit runUntil(Worker worker, int done) {
    return run(worker, () -> counts().done() == done);
  }

  /** Has a worker work until something is so, or it leaves before, and ends the job. */
  WorkerExit run(Worker worker, Callable<Boolean> over) {
    var exit = CompletableFuture.supplyAsync(worker::run);
    await().pollInterval(Duration.ofMillis(5)).until(() -> exit.isDone() || over.call());
    queue.end(ID, new End(Verdict.Complete, "", Instant.now()));
    queue.retire(ID);
    return exit.join();
  }

  Counts counts() {
    return queue.counts(ID);
  }

  Outcome outcome(int batch) {
    return Objects.requireNonNull(queue.outcome(ID, batch));
  }

  /** The JSON of a batch that succeeded. */
  String result(int batch) {
    return new String(outcome(batch).body(), UTF_8);
  }

  /** Of a batch that failed as a whole. */
  BatchError error(int batch) {
    return BatchError.fromJson(outcome(batch).body());
  }

  /** Of a batch of which some items failed. */
  ItemOutcomes items(int batch) {
    return ItemOutcomes.fromJson(outcome(batch).body());
  }
}
