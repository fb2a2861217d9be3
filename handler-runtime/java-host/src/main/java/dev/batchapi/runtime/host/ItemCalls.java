package dev.batchapi.runtime.host;

import dev.batchapi.handler.BatchContext;
import dev.batchapi.handler.ItemContext;
import dev.batchapi.handler.ItemHandler;
import dev.batchapi.handler.ItemResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Calls a handler of single items for each item of a batch. */
final class ItemCalls {
  private final ItemHandler<Object, Object> handler;
  private final List<?> items;
  private final BatchContext batch;
  private final @Nullable Object[] results;
  private final AtomicInteger next = new AtomicInteger();

  private ItemCalls(ItemHandler<Object, Object> handler, List<?> items, BatchContext batch) {
    this.handler = handler;
    this.items = items;
    this.batch = batch;
    this.results = new @Nullable Object[items.size()];
  }

  /**
   * Calls it on this thread, or on virtual threads that have this thread's context class loader.
   *
   * @param concurrency how many items at once, at least 1
   * @return what it returned for each item, or an {@link ItemResult} with what it threw
   * @throws InterruptedException if this thread is interrupted, which ends the others
   */
  static List<@Nullable Object> call(
      ItemHandler<Object, Object> handler, List<?> items, BatchContext batch, int concurrency)
      throws InterruptedException {
    var calls = new ItemCalls(handler, items, batch);
    int threads = Math.min(concurrency, items.size());
    if (threads < 2) {
      calls.run();
    } else {
      calls.runOn(threads);
    }
    return Arrays.asList(calls.results);
  }

  private void runOn(int number) throws InterruptedException {
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < number; i++) {
      threads.add(Thread.ofVirtual().name("item-" + i).start(this::run));
    }
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      next.set(items.size());
      threads.forEach(Thread::interrupt);
      throw e;
    }
  }

  private void run() {
    for (int at = next.getAndIncrement(); at < items.size(); at = next.getAndIncrement()) {
      try {
        int number = batch.items().isEmpty() ? at : batch.items().get(at);
        results[at] = handler.handle(items.get(at), new ItemContext(number, batch));
      } catch (Throwable thrown) {
        results[at] = ItemResult.failed(thrown);
      }
    }
  }
}
