package dev.batchapi.runtime.host;

import dev.batchapi.handler.BatchContext;
import dev.batchapi.handler.ItemContext;
import dev.batchapi.handler.ItemHandler;
import dev.batchapi.handler.ItemResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Calls a handler of single items for each item of a batch. */
final class ItemCalls {
  private final ItemHandler<Object, Object> handler;
  private final List<?> items;
  private final BatchContext batch;
  private final HandlerDeadline deadline;
  private final Permit permit;
  private final @Nullable Object[] results;
  private final long[] began;
  private final AtomicInteger next = new AtomicInteger();

  /** The items that are to be handled and wait for their permit, and where. */
  private final Map<Integer, Thread> waiting = new ConcurrentHashMap<>();

  /** The items that are being handled, and by whom. */
  private final Map<Integer, Thread> running = new ConcurrentHashMap<>();

  /** Where items stood at the deadline. */
  private final Map<Integer, String> stacks = new ConcurrentSkipListMap<>();

  /** What an item waits for before its call. */
  interface Permit {
    /** False if it is not to be begun. */
    boolean take() throws InterruptedException;
  }

  private ItemCalls(
      ItemHandler<Object, Object> handler,
      List<?> items,
      BatchContext batch,
      HandlerDeadline deadline,
      Permit permit) {
    this.permit = permit;
    this.handler = handler;
    this.items = items;
    this.batch = batch;
    this.deadline = deadline;
    this.results = new @Nullable Object[items.size()];
    this.began = new long[items.size()];
    Arrays.fill(results, ItemResult.failed(HandlerTimedOut.beforeItWasBegun()));
  }

  /**
   * Calls it on this thread, or on virtual threads that have this thread's context class loader.
   *
   * @param concurrency how many items at once, at least 1
   * @param permit asked before each call
   * @return what it returned for each item, or an {@link ItemResult} with what it threw as {@link
   *     EndedItem}; with {@link HandlerTimedOut} if it was not begun
   * @throws InterruptedException if this thread is interrupted, which ends the others
   * @throws HandlerTimedOut if every item goes on in spite of the deadline
   */
  static List<@Nullable Object> call(
      ItemHandler<Object, Object> handler,
      List<?> items,
      BatchContext batch,
      int concurrency,
      HandlerDeadline deadline,
      Permit permit)
      throws InterruptedException, HandlerTimedOut {
    var calls = new ItemCalls(handler, items, batch, deadline, permit);
    int threads = Math.min(concurrency, items.size());
    deadline.endsBy(calls::end);
    if (threads < 2) {
      calls.run();
      return Arrays.asList(calls.results);
    }
    return Arrays.asList(calls.runOn(threads));
  }

  private @Nullable Object[] runOn(int number) throws InterruptedException, HandlerTimedOut {
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < number; i++) {
      threads.add(Thread.ofVirtual().name("item-" + i).start(this::run));
    }
    try {
      for (Thread thread : threads) {
        thread.join();
      }
      return results;
    } catch (InterruptedException e) {
      next.set(items.size());
      threads.forEach(Thread::interrupt);
      if (!deadline.hasPassed()) {
        throw e;
      }
      return withoutThoseThatGoOn();
    }
  }

  private @Nullable Object[] withoutThoseThatGoOn() throws HandlerTimedOut {
    var left = List.copyOf(running.keySet());
    if (left.size() == items.size()) {
      throw HandlerTimedOut.goesOnAt(String.join("", stacks.values()));
    }
    var known = results.clone(); // what they return comes too late
    left.forEach(
        at -> known[at] = failed(at, HandlerTimedOut.goesOnAt(stacks.getOrDefault(at, ""))));
    return known;
  }

  /** At the deadline: no item is begun any more, and those in hand are interrupted. */
  private void end() {
    next.set(items.size());
    var inHand = new HashMap<>(waiting); // first: from there they go on to the others
    inHand.putAll(running);
    inHand.forEach(
        (at, thread) -> {
          stacks.put(at, AuthorStack.of("It stood here at the deadline:", thread.getStackTrace()));
          thread.interrupt();
        });
  }

  private void run() {
    for (int at = next.getAndIncrement(); at < items.size(); at = next.getAndIncrement()) {
      if (!begins(at)) {
        continue;
      }
      try {
        int number = batch.items().isEmpty() ? at : batch.items().get(at);
        results[at] = handler.handle(items.get(at), new ItemContext(number, batch));
      } catch (Throwable thrown) {
        results[at] = failed(at, ended(at, thrown));
        if (Breakage.isIn(thrown)) {
          next.set(items.size()); // memory, perhaps: each of the others would search for it as long
        }
      } finally {
        running.remove(at);
      }
    }
  }

  private ItemResult<Object> failed(int at, Throwable thrown) {
    return ItemResult.failed(
        new EndedItem(thrown, Duration.ofNanos(System.nanoTime() - began[at])));
  }

  /** Waits for its permit. Whatever ends the wait, the item has not been called. */
  private boolean begins(int at) {
    waiting.put(at, Thread.currentThread());
    try {
      if (deadline.hasPassed() || !permit.take() || deadline.hasPassed()) {
        return false;
      }
      began[at] = System.nanoTime();
      running.put(at, Thread.currentThread());
      return true;
    } catch (InterruptedException e) {
      return false;
    } finally {
      waiting.remove(at);
    }
  }

  private Throwable ended(int at, Throwable thrown) {
    String stack = stacks.get(at);
    return stack == null || Breakage.isIn(thrown) ? thrown : HandlerTimedOut.at(stack);
  }
}
