package dev.batchapi.runtime.worker;

import dev.batchapi.queue.WorkQueue;

/**
 * Tells the job's owner while this worker waits for a store, in the store's words, and when it
 * waits no more. Used by the worker's own thread.
 */
final class StoreNews {
  private final WorkQueue queue;
  private boolean away;

  StoreNews(WorkQueue queue) {
    this.queue = queue;
  }

  /** Each time that it is tried in vain: what was said counts for some minutes. */
  void away(String words) {
    away = true;
    queue.waitsForStore(words);
  }

  /** A store has answered; says nothing if none was away. */
  void answered() {
    if (away) {
      away = false;
      queue.waitsForStore("");
    }
  }
}
