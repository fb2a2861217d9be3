package dev.batchapi.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.batchapi.contract.Payload;
import dev.batchapi.handler.BatchContext;
import dev.batchapi.handler.BatchHandler;
import dev.batchapi.handler.ItemHandler;
import dev.batchapi.handler.JobSpec;
import dev.batchapi.handler.JobSummary;
import dev.batchapi.runtime.host.HandlerInProcess;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A handler's run over items, as the host would do it, with its checks: which constructor, which
 * types, what has a form in JSON, how large a payload and a result may be. What the handler throws
 * comes out as it is, of items that fail alone the first one's; nothing is tried again.
 *
 * <pre>{@code
 * var done = HandlerRun.of(Handler.class).config(Map.of("leastLetters", 3)).over(new Text("a fox"));
 * assertEquals(List.of(new Count(1, "fox")), done.results(Count.class));
 * done.metrics().assertCounted("texts", 1);
 * }</pre>
 */
public final class HandlerRun {
  private static final int RESULT_BYTES = 256 * 1024;
  private static final ObjectMapper JSON =
      new ObjectMapper().registerModule(new JavaTimeModule()).registerModule(new Jdk8Module());

  private final Class<?> type;
  private final RecordingMetrics metrics = new RecordingMetrics();
  private Map<String, @Nullable Object> config = Map.of();
  private int batchSize = Integer.MAX_VALUE;

  private HandlerRun(Class<?> type) {
    this.type = type;
  }

  /**
   * What came of it.
   *
   * @param json a result for each item, in their order; where a batch returned anything but a list
   *     of its items' length, that is one result
   * @param metrics what was pushed
   * @param handler the author's object, closed
   */
  public record Done(List<JsonNode> json, RecordingMetrics metrics, Object handler) {
    /** The results as this type. */
    public <T> List<T> results(Class<T> type) {
      JavaType list = JSON.getTypeFactory().constructCollectionType(List.class, type);
      return JSON.convertValue(json, list);
    }
  }

  /**
   * Of this class, a {@link BatchHandler} or an {@link ItemHandler}; nothing is constructed yet.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static HandlerRun of(Class<?> type) {
    if (!BatchHandler.class.isAssignableFrom(type) && !ItemHandler.class.isAssignableFrom(type)) {
      throw new IllegalArgumentException(
          "%s implements neither BatchHandler nor ItemHandler".formatted(type.getName()));
    }
    return new HandlerRun(type);
  }

  /** What the constructor gets: anything that Jackson writes as an object. */
  public HandlerRun config(Object settings) {
    config =
        JSON.convertValue(
            settings,
            JSON.getTypeFactory().constructMapType(Map.class, String.class, Object.class));
    return this;
  }

  /** How many items a batch has; without it, all are one batch. */
  public HandlerRun batchSize(int items) {
    if (items < 1) {
      throw new IllegalArgumentException("a batch has at least one item, and not " + items);
    }
    batchSize = items;
    return this;
  }

  /** The same as {@link #over(List)}. */
  public Done over(Object... items) throws Exception {
    return over(List.of(items));
  }

  /**
   * Constructs the handler, hands it the items in batches, and ends with {@code onJobComplete} and
   * {@code close}.
   *
   * @param items what Jackson writes as JSON: records, maps, texts
   * @throws IllegalArgumentException if no host would take the handler, its configuration or items
   * @throws IllegalStateException if a result has no form in JSON, or is too large
   * @throws Exception as the handler throws it
   */
  public Done over(List<?> items) throws Exception {
    var size = Math.min(batchSize, Math.max(items.size(), 1));
    var batches = (items.size() + size - 1) / size;
    var results = new ArrayList<JsonNode>();
    var job =
        new JobSpec(
            "00000000-0000-0000-0000-000000000000",
            "test",
            "default",
            "test",
            "BatchAPI",
            1,
            config,
            batches,
            Instant.parse("2026-01-01T00:00:00Z"));
    var host = HandlerInProcess.construct(type, job, metrics, RESULT_BYTES);
    try {
      for (var index : IntStream.range(0, batches).toArray()) {
        var batch = items.subList(index * size, Math.min((index + 1) * size, items.size()));
        var numbers = IntStream.range(index * size, index * size + batch.size()).boxed().toList();
        var context = new BatchContext("test-" + index, index, 1, Optional.empty(), numbers);
        add(results, host.handle(payload(batch, index), context), batch.size());
      }
      host.complete(
          new JobSummary(
              batches,
              batches,
              0,
              0,
              List.of(),
              Optional.empty(),
              new JobSummary.Items(items.size(), items.size(), 0)));
    } finally {
      host.close();
    }
    return new Done(List.copyOf(results), metrics, host.handler());
  }

  private static void add(List<JsonNode> results, String json, int items)
      throws JsonProcessingException {
    var result = json.isEmpty() ? JSON.getNodeFactory().nullNode() : JSON.readTree(json);
    if (result.isArray() && result.size() == items) {
      result.forEach(results::add);
    } else {
      results.add(result);
    }
  }

  private static String payload(List<?> batch, int index) throws JsonProcessingException {
    var json = JSON.writeValueAsString(batch);
    var bytes = json.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > Payload.MAX_BYTES) {
      throw new IllegalArgumentException(
          "batch %d has %,d bytes as JSON, the limit is %,d: use a smaller batchSize, or hand over where the data is"
              .formatted(index, bytes, Payload.MAX_BYTES));
    }
    return json;
  }
}
