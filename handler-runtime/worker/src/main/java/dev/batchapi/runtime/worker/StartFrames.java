package dev.batchapi.runtime.worker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.handler.JobSpec;
import dev.batchapi.metrics.Flavour;
import dev.batchapi.metrics.WireRules;
import dev.batchapi.runtime.protocol.Start;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes what a host is told from what a worker was told. */
public final class StartFrames {
  private StartFrames() {}

  /** The START of a run whose results go through the ledger. */
  public static Start of(RunSpec run, @Nullable String statsd, Flavour flavour) {
    return of(run, statsd, flavour, Start.Limits.DEFAULT.resultBytes());
  }

  /**
   * The START of a run.
   *
   * @param statsd where metrics go, {@code host:port} or {@code unix:///path}; null for nowhere
   * @param flavour whose rules that server has
   * @param resultBytes of a batch's result at most
   */
  public static Start of(RunSpec run, @Nullable String statsd, Flavour flavour, int resultBytes) {
    var job = run.job();
    var handler = run.handler();
    return new Start(
        new Start.Handler(
            handler.language().name().toLowerCase(Locale.ROOT),
            handler.file(),
            handler.className(),
            handler.classpath(),
            handler.results() == RunSpec.Results.ITEM,
            handler.concurrency(),
            run.rateLimit() != null),
        new JobSpec(
            job.uid(),
            job.name(),
            job.namespace(),
            job.apiName(),
            "BatchAPI",
            job.workers(),
            object(run.config()),
            run.totalBatches(),
            Instant.parse(job.startTime())),
        Start.Limits.DEFAULT.withResultBytes(resultBytes),
        new Start.Metrics(
            statsd, flavour.text(), run.metrics().tags(), WireRules.RESERVED_PREFIXES));
  }

  private static Map<String, @Nullable Object> object(JsonNode json) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    for (var field : json.properties()) {
      object.put(field.getKey(), plain(field.getValue()));
    }
    return object;
  }

  /**
   * By hand: the ObjectMapper that could do it takes a starting worker longer than all the rest.
   */
  private static @Nullable Object plain(JsonNode json) {
    return switch (json.getNodeType()) {
      case OBJECT -> object(json);
      case ARRAY -> {
        var list = new ArrayList<@Nullable Object>();
        json.forEach(element -> list.add(plain(element)));
        yield list;
      }
      case NUMBER -> json.numberValue();
      case BOOLEAN -> json.booleanValue();
      case NULL -> null;
      default -> json.asText();
    };
  }
}
