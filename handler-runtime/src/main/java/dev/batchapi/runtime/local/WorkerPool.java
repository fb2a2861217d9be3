package dev.batchapi.runtime.local;

import dev.batchapi.runtime.worker.Worker;
import dev.batchapi.runtime.worker.WorkerExit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** A number of workers, each in a thread of its own, and each replaced when it ends too early. */
final class WorkerPool {
  private final Supplier<Worker> workers;
  private final Function<WorkerExit, Optional<Duration>> onExit;
  private final List<Thread> threads = new ArrayList<>();
  private final List<Worker> running = new ArrayList<>();
  private final CountDownLatch stopped = new CountDownLatch(1);

  /**
   * @param workers makes one
   * @param onExit decides what follows a worker's end: a new one after a pause, or none
   */
  WorkerPool(Supplier<Worker> workers, Function<WorkerExit, Optional<Duration>> onExit) {
    this.workers = workers;
    this.onExit = onExit;
  }

  void start(int count) {
    for (var i = 0; i < count; i++) {
      threads.add(Thread.ofPlatform().name("worker-" + i).start(this::slot));
    }
  }

  private void slot() {
    for (var again = Optional.of(Duration.ZERO); again.isPresent(); ) {
      if (stoppedWithin(again.get())) {
        return;
      }
      var worker = workers.get();
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
      again = onExit.apply(exit);
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
    join();
  }

  /** Waits until the workers have left by themselves. */
  void join() throws InterruptedException {
    stopped.countDown();
    for (var thread : threads) {
      thread.join();
    }
  }
}
