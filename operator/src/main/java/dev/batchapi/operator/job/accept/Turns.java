package dev.batchapi.operator.job.accept;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * Runs what is of one key one after the other, and of different keys beside each other: nobody
 * holds all threads alone.
 */
final class Turns {
  private final Executor executor;

  /** What waits of each key of which something runs. Guarded by this. */
  private final Map<String, Queue<Runnable>> waiting = new HashMap<>();

  Turns(Executor executor) {
    this.executor = executor;
  }

  void execute(String key, Runnable task) {
    synchronized (this) {
      var others = waiting.get(key);
      if (others != null) {
        others.add(task);
        return;
      }
      waiting.put(key, new ArrayDeque<>());
    }
    start(key, task);
  }

  private void start(String key, Runnable task) {
    executor.execute(
        () -> {
          try {
            task.run();
          } finally {
            next(key);
          }
        });
  }

  private void next(String key) {
    Runnable task;
    synchronized (this) {
      var others = waiting.get(key);
      task = others == null ? null : others.poll();
      if (task == null) {
        waiting.remove(key);
        return;
      }
    }
    start(key, task); // behind what is of others
  }
}
