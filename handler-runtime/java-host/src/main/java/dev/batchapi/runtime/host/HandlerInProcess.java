package dev.batchapi.runtime.host;

import dev.batchapi.handler.BatchContext;
import dev.batchapi.handler.ItemResult;
import dev.batchapi.handler.JobSpec;
import dev.batchapi.handler.JobSummary;
import dev.batchapi.handler.MetricsClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A handler in the process of whoever calls it, for tests: constructed and called as in a host,
 * with the same binding and the same limits. What the handler throws comes out as it is.
 */
public final class HandlerInProcess {
  private final LoadedHandler handler;
  private final BoundedBytes result;

  private HandlerInProcess(LoadedHandler handler, BoundedBytes result) {
    this.handler = handler;
    this.result = result;
  }

  /**
   * Constructs it.
   *
   * @param resultBytes how large a result may be
   * @throws IllegalArgumentException if no host would take this class, or this configuration
   * @throws Exception as its constructor throws it
   */
  public static HandlerInProcess construct(
      Class<?> type, JobSpec job, MetricsClient metrics, int resultBytes) throws Exception {
    try {
      var binding = BindingLoader.ours();
      var items = binding.items(ItemType.of(type));
      var made = Construction.of(type).run(job, metrics, binding);
      return new HandlerInProcess(
          new LoadedHandler(made, items, binding), new BoundedBytes(resultBytes));
    } catch (HandlerInvalidException | BindingException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    } catch (HandlerBrokenException e) {
      throw thrown(e.thrown());
    }
  }

  /**
   * Hands it a batch.
   *
   * @param payload a JSON array
   * @return the result as JSON; empty for none
   * @throws IllegalArgumentException if the items don't fit the handler's item type
   * @throws IllegalStateException if the result has no form in JSON, or is too large
   * @throws Exception as the handler throws it
   */
  public String handle(String payload, BatchContext batch) throws Exception {
    var json = payload.getBytes(StandardCharsets.UTF_8);
    Object returned;
    try {
      var items = handler.items().read(json, 0, json.length, false);
      var given = Arrays.asList(items.toArray());
      returned =
          handler.isOfItems()
              ? ItemCalls.call(
                  handler.ofItems(), given, batch, 1, HandlerDeadline.never(), () -> true)
              : handler.ofBatches().handleBatch(given, batch);
    } catch (BindingException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    if (returned instanceof List<?> list) {
      returned = unwrapped(list);
    }
    if (returned == null) {
      return "";
    }
    result.clear();
    try {
      handler.binding().write(returned, result);
    } catch (BindingException | ResultTooLargeException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
    return result.isNull() ? "" : StandardCharsets.UTF_8.decode(result.content()).toString();
  }

  /** The items' own results; throws what the first failed item failed with. */
  private static List<@Nullable Object> unwrapped(List<?> list) throws Exception {
    var results = new ArrayList<@Nullable Object>();
    for (Object one : list) {
      var error = one instanceof ItemResult<?> item ? item.error() : null;
      if (error != null) {
        throw thrown(error instanceof EndedItem ended ? ended.thrown() : error);
      }
      results.add(one instanceof ItemResult<?> item ? item.result() : one);
    }
    return results;
  }

  /** Tells it how the job ended. */
  public void complete(JobSummary summary) throws Exception {
    handler.onJobComplete(summary);
  }

  /** The author's object. */
  public Object handler() {
    return handler.handler();
  }

  /** Closes it, if it can be closed. */
  public void close() throws Exception {
    if (handler.handler() instanceof AutoCloseable closeable) {
      closeable.close();
    }
  }

  private static Exception thrown(Throwable cause) throws Exception {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof Exception exception ? exception : new IOException(cause);
  }
}
