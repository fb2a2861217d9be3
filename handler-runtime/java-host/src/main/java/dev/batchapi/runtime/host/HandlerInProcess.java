package dev.batchapi.runtime.host;

import dev.batchapi.handler.BatchContext;
import dev.batchapi.handler.BatchHandler;
import dev.batchapi.handler.JobSpec;
import dev.batchapi.handler.JobSummary;
import dev.batchapi.handler.MetricsClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

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
          new LoadedHandler((BatchHandler<?, ?>) made, items, binding),
          new BoundedBytes(resultBytes));
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
      var items = handler.items().read(json, 0, json.length);
      returned = handler.callable().handleBatch(Arrays.asList(items.toArray()), batch);
    } catch (BindingException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
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

  /** Tells it how the job ended. */
  public void complete(JobSummary summary) throws Exception {
    handler.handler().onJobComplete(summary);
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
