package dev.batchapi.runtime.collector;

import dev.batchapi.data.collect.CollectArguments;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the items of the next batches while those of one are written: a store takes some ten
 * milliseconds to answer, and there may be a million batches. For one thread, that asks for higher
 * and higher batches.
 */
final class ItemsAhead implements AutoCloseable {
  /** The one that is asked for among them, of up to 1 MiB each. */
  private static final int BATCHES = 5;

  private final int end;
  private final IntFunction<Supplier<byte[]>> source;
  private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();
  private final TreeMap<Integer, Future<byte[]>> asked = new TreeMap<>();

  /**
   * @param end behind the last batch
   * @param source how to read a batch, by any thread
   */
  ItemsAhead(int end, IntFunction<Supplier<byte[]>> source) {
    this.end = end;
    this.source = source;
  }

  /** Of a job whose lines have its items; null if they have not. */
  static @Nullable ItemsAhead of(CollectArguments job, IntFunction<Supplier<byte[]>> source) {
    return job.include().contains(CollectArguments.Include.ITEM)
        ? new ItemsAhead(job.totalBatches(), source)
        : null;
  }

  /** A batch's items; throws what reading them has thrown. */
  byte[] payload(int batch) {
    asked.headMap(batch).clear();
    for (var next = batch; next < Math.min(end, batch + BATCHES); next++) {
      asked.computeIfAbsent(next, index -> readers.submit(source.apply(index)::get));
    }
    try {
      return Objects.requireNonNull(asked.get(batch)).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  @Override
  public void close() {
    readers.shutdownNow();
  }
}
