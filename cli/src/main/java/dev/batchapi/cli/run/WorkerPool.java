package dev.batchapi.cli.run;

import dev.batchapi.runtime.worker.Worker;
import dev.batchapi.runtime.worker.WorkerExit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** A number of workers, each in a thread of its own, and each replaced when it ends too early. */
final class WorkerPool {
  /** What ending a host takes, and room; a thread that hangs is left to the end of the process. */
  private static final Duration STOP_TIME = Duration.ofSeconds(10);

  private final IntFunction<Worker> workers;
  private final OnExit onExit;
  private final List<Thread> threads = new ArrayList<>();
  private final List<Worker> running = new ArrayList<>();
  private final CountDownLatch stopped = new CountDownLatch(1);

  /** Decides what follows a worker's end in its place: a new one after a pause, or none. */
  interface OnExit {
    Optional<Duration> next(int slot, WorkerExit exit);
  }

  /**
   * Starts none.
   *
   * @param workers makes one for a place, from 0
   * @param onExit is asked after each
   */
  WorkerPool(IntFunction<Worker> workers, OnExit onExit) {
    this.workers = workers;
    this.onExit = onExit;
  }

  void start(int count) {
    for (var i = 0; i < count; i++) {
      var slot = i;
      threads.add(Thread.ofPlatform().daemon().name("worker-" + slot).start(() -> work(slot)));
    }
  }

  private void work(int slot) {
    for (var again = Optional.of(Duration.ZERO); again.isPresent(); ) {
      if (stoppedWithin(again.get())) {
        return;
      }
      var worker = workers.apply(slot);
      synchronized (running) {
        running.add(worker);
      }
      WorkerExit exit;
      try {
        exit = worker.run();
      } finally {
        synchronized (running) {
          running.remove(worker);
        }
      }
      again = onExit.next(slot, exit);
    }
  }

  private boolean stoppedWithin(Duration time) {
    try {
      return stopped.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  /** Ends all workers, those with a batch in hand too, and waits until they are gone. */
  void stop() throws InterruptedException {
    stopped.countDown();
    synchronized (running) {
      running.forEach(Worker::abandon);
    }
    var until = Instant.now().plus(STOP_TIME);
    for (var thread : threads) {
      var left = Duration.between(Instant.now(), until);
      var _ = thread.join(left.isPositive() ? left : Duration.ofMillis(1));
    }
  }

  /** Waits until the workers have left by themselves. */
  void join() throws InterruptedException {
    stopped.countDown();
    for (var thread : threads) {
      thread.join();
    }
  }
}
