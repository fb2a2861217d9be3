package dev.batchapi.runtime.worker;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Ends the process of a batch that takes longer than it may. Closed when the batch is answered. */
final class BatchDeadline implements AutoCloseable {
  private static final ScheduledExecutorService DEADLINES =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("batch-deadlines").factory());

  private final Runnable end;
  private Optional<Instant> deadline;
  private @Nullable Future<?> timer;
  private volatile boolean passed;

  /**
   * Counts from now.
   *
   * @param deadline when the batch timeout passes; empty without one
   * @param end ends the process; called once at most, by another thread
   */
  BatchDeadline(Optional<Instant> deadline, Runnable end) {
    this.deadline = deadline;
    this.end = end;
    start();
  }

  private void start() {
    deadline.ifPresent(
        at -> {
          var left = Duration.between(Instant.now(), at).toMillis();
          timer = DEADLINES.schedule(this::pass, left, TimeUnit.MILLISECONDS);
        });
  }

  private void pass() {
    // In this order: whoever sees the end of the process asks then whether it was this.
    passed = true;
    end.run();
  }

  /** What comes now is no time of the batch's. */
  void pause() {
    close();
  }

  /** It is again, after so long. */
  void goOn(Duration paused) {
    deadline = deadline.map(at -> at.plus(paused));
    start();
  }

  /** Whether the process was ended for it. */
  boolean hasPassed() {
    return passed;
  }

  @Override
  public void close() {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
