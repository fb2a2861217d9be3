package dev.batchapi.crds.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.crds.BatchApiSpec;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.FailureLimit;
import dev.batchapi.crds.HandlerSpec;
import dev.batchapi.crds.JobOutput;
import dev.batchapi.crds.JobOverrides;
import dev.batchapi.crds.Metrics;
import dev.batchapi.crds.NamedSpec;
import dev.batchapi.crds.RateLimit;
import dev.batchapi.crds.Retry;
import dev.batchapi.crds.RetryOverrides;
import dev.batchapi.crds.Timeouts;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A BatchAPI and a BatchJob become one run: the job's value if it has one, else the API's. */
public final class Freeze {
  private static final JobOverrides NOTHING =
      new JobOverrides(null, null, null, null, null, null, null);
  private static final RetryOverrides AS_THE_API = new RetryOverrides(null, null, null);

  private Freeze() {}

  /**
   * Freezes a job.
   *
   * @param api the BatchAPI as it is now
   * @param job the BatchJob; what it overrides wins
   * @param uid the BatchJob's uid
   * @param items how many items its input has, at least 1
   * @param now when the job is accepted
   */
  public static RunSpec freeze(
      NamedSpec<BatchApiSpec> api,
      NamedSpec<BatchJobSpec> job,
      String uid,
      int items,
      Instant now) {
    JobOverrides overrides = or(job.spec().overrides(), NOTHING);
    int batchSize = batchSize(api.spec(), job.spec());
    int totalBatches = RunSpec.batches(items, batchSize);
    var run =
        new RunSpec(
            new RunSpec.Job(
                uid,
                job.name(),
                job.namespace(),
                api.name(),
                or(job.spec().workers(), 1),
                now.toString()),
            handler(api.spec().handler()),
            config(api.spec().handler().config(), overrides.config()),
            batchSize,
            items,
            totalBatches,
            retry(api.spec().retry(), or(overrides.retry(), AS_THE_API)),
            timeouts(
                or(api.spec().timeouts(), Timeouts.NONE), or(overrides.timeouts(), Timeouts.NONE)),
            maxFailed(overrides.maxFailedBatches(), api.spec().maxFailedBatches(), totalBatches),
            maxFailed(overrides.maxFailedItems(), api.spec().maxFailedItems(), items),
            metrics(or(api.spec().metrics(), Metrics.NONE), api.name(), job, uid),
            null,
            null,
            rateLimit(either(overrides.rateLimit(), api.spec().rateLimit())),
            null);
    return output(api, job, uid).map(run::withOutput).orElse(run);
  }

  /** Where the job's results go: where it says, else where its BatchAPI says. */
  public static Optional<RunSpec.Output> output(
      NamedSpec<BatchApiSpec> api, NamedSpec<BatchJobSpec> job, String uid) {
    var own = job.spec().output();
    if (own != null) {
      var include = or(own.include(), List.<JobOutput.Include>of());
      var path = named(own.path(), api.name(), job, uid);
      return Optional.of(
          new RunSpec.Output(
              path, include.stream().map(i -> i.name().toLowerCase(Locale.ROOT)).toList()));
    }
    return Optional.ofNullable(api.spec().output())
        .map(output -> new RunSpec.Output(named(output.path(), api.name(), job, uid), List.of()));
  }

  /** Items per batch: what the job says, else its BatchAPI, else the default. */
  public static int batchSize(BatchApiSpec api, BatchJobSpec job) {
    JobOverrides overrides = or(job.overrides(), NOTHING);
    return first(overrides.batchSize(), api.batchSize(), BatchApiSpec.BATCH_SIZE);
  }

  private static RunSpec.Handler handler(HandlerSpec handler) {
    String file = CodeFiles.file(handler);
    boolean inCodeFolder = CodeFiles.inCodeFolder(handler);
    if (handler.python() != null) {
      return new RunSpec.Handler(
          RunSpec.Language.PYTHON,
          file,
          inCodeFolder,
          CodeFiles.className(handler.python()),
          List.of(),
          results(handler),
          or(handler.concurrency(), 1));
    }
    var java = Objects.requireNonNull(handler.java(), "neither python nor java");
    return new RunSpec.Handler(
        RunSpec.Language.JAVA,
        file,
        inCodeFolder,
        CodeFiles.className(java),
        or(java.classpath(), List.of()),
        results(handler),
        or(handler.concurrency(), 1));
  }

  private static RunSpec.Results results(HandlerSpec handler) {
    return handler.results() == HandlerSpec.Results.Batch
        ? RunSpec.Results.BATCH
        : RunSpec.Results.ITEM;
  }

  private static ObjectNode config(@Nullable ObjectNode api, @Nullable ObjectNode job) {
    ObjectNode merged = api == null ? JsonNodeFactory.instance.objectNode() : api.deepCopy();
    if (job != null) {
      merge(merged, job);
    }
    return merged;
  }

  /** Objects merge key by key; of anything else, null too, the one on top wins. */
  private static void merge(ObjectNode base, ObjectNode top) {
    for (var entry : top.properties()) {
      if (base.get(entry.getKey()) instanceof ObjectNode below
          && entry.getValue() instanceof ObjectNode above) {
        merge(below, above);
      } else {
        base.set(entry.getKey(), entry.getValue().deepCopy());
      }
    }
  }

  private static RunSpec.Retry retry(@Nullable Retry api, RetryOverrides job) {
    Retry base = or(api, Retry.DEFAULT);
    int initial =
        first(
            job.initialBackoffSeconds(),
            base.initialBackoffSeconds(),
            Retry.DEFAULT_INITIAL_BACKOFF_SECONDS);
    int max =
        first(job.maxBackoffSeconds(), base.maxBackoffSeconds(), Retry.DEFAULT_MAX_BACKOFF_SECONDS);
    return new RunSpec.Retry(
        first(job.maxAttempts(), base.maxAttempts(), Retry.DEFAULT_MAX_ATTEMPTS),
        // One of the two may be the API's and the other the job's: the longest wait is the bound.
        Math.min(initial, max),
        max);
  }

  private static RunSpec.Timeouts timeouts(Timeouts api, Timeouts job) {
    return new RunSpec.Timeouts(
        either(job.startupSeconds(), api.startupSeconds()),
        either(job.batchSeconds(), api.batchSeconds()),
        either(job.runSeconds(), api.runSeconds()));
  }

  private static @Nullable Integer maxFailed(
      @Nullable FailureLimit job, @Nullable FailureLimit api, int total) {
    return Optional.ofNullable(job)
        .or(() -> Optional.ofNullable(api))
        .map(limit -> limit.resolve(total))
        .orElse(null);
  }

  private static RunSpec.@Nullable RateLimit rateLimit(@Nullable RateLimit limit) {
    return limit == null
        ? null
        : new RunSpec.RateLimit(
            limit.perSecond(), or(limit.burst(), (int) Math.max(1, Math.ceil(limit.perSecond()))));
  }

  private static RunSpec.Metrics metrics(
      Metrics metrics, String api, NamedSpec<BatchJobSpec> job, String uid) {
    Map<String, String> tags = new TreeMap<>(or(metrics.tags(), Map.of()));
    tags.replaceAll((key, value) -> named(value, api, job, uid));
    return new RunSpec.Metrics(metrics.statsd(), metrics.flavour(), tags);
  }

  private static String named(String text, String api, NamedSpec<BatchJobSpec> job, String uid) {
    return text.replace("$(api_name)", api)
        .replace("$(namespace)", job.namespace())
        .replace("$(job_name)", job.name())
        .replace("$(job_id)", uid);
  }

  private static <T> T or(@Nullable T value, T fallback) {
    return value == null ? fallback : value;
  }

  private static <T> @Nullable T either(@Nullable T job, @Nullable T api) {
    return job == null ? api : job;
  }

  private static int first(@Nullable Integer job, @Nullable Integer api, int fallback) {
    return or(job, or(api, fallback));
  }
}
