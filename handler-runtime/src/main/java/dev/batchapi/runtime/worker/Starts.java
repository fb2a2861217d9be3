package dev.batchapi.runtime.worker;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.crds.run.RunSpec;
import dev.batchapi.handler.JobSpec;
import dev.batchapi.runtime.protocol.Start;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes what a host is told from what a worker was told. */
public final class Starts {
  /** Metric names that begin with these belong to the platform, or did in Cortex. */
  private static final List<String> RESERVED = List.of("batchapi_", "cortex_", "istio_");

  private Starts() {}

  /**
   * The START of a run.
   *
   * @param statsd where metrics go, {@code host:port}; null for nowhere
   */
  public static Start of(RunSpec run, @Nullable String statsd) {
    Map<String, @Nullable Object> config =
        new ObjectMapper().convertValue(run.config(), new TypeReference<>() {});
    var job = run.job();
    var handler = run.handler();
    return new Start(
        new Start.Handler(
            handler.language().name().toLowerCase(Locale.ROOT),
            handler.file(),
            handler.className(),
            handler.classpath()),
        new JobSpec(
            job.uid(),
            job.name(),
            job.namespace(),
            job.apiName(),
            "BatchAPI",
            job.workers(),
            config,
            run.totalBatches(),
            Instant.parse(job.startTime())),
        Start.Limits.DEFAULT,
        new Start.Metrics(statsd, run.metrics().tags(), RESERVED));
  }
}
