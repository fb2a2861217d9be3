package dev.batchapi.runtime.worker;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * SIGTERM in a worker's process: the batch in hand may finish for a while, then it is given back.
 * The process ends with the worker's own exit code, when everything is closed and flushed.
 */
final class Termination {
  /** How long closing and flushing may take once the batch is given back. */
  private static final Duration CLOSING = Duration.ofSeconds(8);

  private final Duration grace;
  private final Thread main = Thread.currentThread();
  private final CountDownLatch finished = new CountDownLatch(1);
  private @Nullable Worker worker;
  private boolean terminated;
  private volatile int code = WorkerExit.Reason.RELEASED.code();

  /**
   * Starts to listen; called by the main thread.
   *
   * @param grace how long the batch in hand may go on
   */
  Termination(Duration grace) {
    this.grace = grace;
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("worker-termination").unstarted(this::terminate));
  }

  /** This worker is to be told, from now on. */
  synchronized void of(Worker started) {
    worker = started;
    if (terminated) {
      started.stop();
    }
  }

  /** Everything is closed; the process may end. */
  void finished(WorkerExit exit) {
    code = exit.reason().code();
    finished.countDown();
  }

  private void terminate() {
    if (finished.getCount() == 0) {
      return;
    }
    try {
      if (!stop() || !finished.await(grace.toMillis(), TimeUnit.MILLISECONDS)) {
        abandon();
        var _ = finished.await(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(code);
  }

  private synchronized boolean stop() {
    terminated = true;
    if (worker == null) {
      return false;
    }
    worker.stop();
    return true;
  }

  private synchronized void abandon() {
    if (worker == null) {
      main.interrupt();
    } else {
      worker.abandon();
    }
  }
}
