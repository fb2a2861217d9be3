package dev.batchapi.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job as it runs, with the BatchAPI as it was when the job was accepted and everything resolved:
 * defaults, overrides, percentages. Written once as JSON, read by every worker of the job.
 *
 * @param config what the handler's constructor gets
 * @param batchSize items per batch, at least 1; the last batch may be shorter
 * @param items how many items the job has, at least 1
 * @param totalBatches how many batches they make
 * @param maxFailedBatches more failed batches than this stop the job; null for no limit
 * @param maxFailedItems more failed items than this stop the job; null for no limit
 * @param files of which files the batches are parts, as their reader knows it: what the queue
 *     carries of a batch is then where its items lie; null: it carries the items
 * @param output where the results go; null: to wherever the job's owner keeps them
 * @param rateLimit how many items all workers together may hand over; null for no limit
 * @param rerun whose items are run again: what the queue carries of a batch is then pieces of that
 *     job's batches; null: the items are the job's own
 */
public record RunSpec(
    @JsonProperty(required = true) Job job,
    @JsonProperty(required = true) Handler handler,
    @JsonProperty(required = true) ObjectNode config,
    @JsonProperty(required = true) int batchSize,
    @JsonProperty(required = true) int items,
    @JsonProperty(required = true) int totalBatches,
    @JsonProperty(required = true) Retry retry,
    @JsonProperty(required = true) Timeouts timeouts,
    @Nullable Integer maxFailedBatches,
    @Nullable Integer maxFailedItems,
    @JsonProperty(required = true) Metrics metrics,
    @Nullable ObjectNode files,
    @Nullable Output output,
    @Nullable RateLimit rateLimit,
    @Nullable Rerun rerun) {

  /** Of a job whose batches carry their items, and of which any number of items may fail. */
  public RunSpec(
      Job job,
      Handler handler,
      ObjectNode config,
      int batchSize,
      int items,
      int totalBatches,
      Retry retry,
      Timeouts timeouts,
      @Nullable Integer maxFailedBatches,
      Metrics metrics) {
    this(
        job,
        handler,
        config,
        batchSize,
        items,
        totalBatches,
        retry,
        timeouts,
        maxFailedBatches,
        null,
        metrics,
        null,
        null,
        null,
        null);
  }

  public RunSpec {
    atLeast(1, batchSize, "batchSize");
    atLeast(1, items, "items");
    if (totalBatches != batches(items, batchSize)) {
      throw new IllegalArgumentException(
          "totalBatches is %d, but %d items in batches of %d make %d"
              .formatted(totalBatches, items, batchSize, batches(items, batchSize)));
    }
    if (maxFailedBatches != null) {
      atLeast(0, maxFailedBatches, "maxFailedBatches");
    }
    if (maxFailedItems != null) {
      atLeast(0, maxFailedItems, "maxFailedItems");
    }
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws RunSpecException if it is not that; its message names the field
   */
  public static RunSpec read(byte[] json) {
    return RunSpecJson.read(json);
  }

  /**
   * Reads what {@link #toJson} wrote; the stream is closed.
   *
   * @throws RunSpecException if it is not that, or cannot be read; its message names the field
   */
  public static RunSpec read(InputStream json) {
    return RunSpecJson.read(json);
  }

  /** The same run, whose batches are parts of these files. */
  public RunSpec withFiles(ObjectNode itsFiles) {
    return with(itsFiles, output, rerun);
  }

  /** The same run, whose results go there. */
  public RunSpec withOutput(Output itsOutput) {
    return with(files, itsOutput, rerun);
  }

  /** The same run, whose batches are pieces of an earlier job's. */
  public RunSpec withRerun(Rerun itsRerun) {
    return with(files, output, itsRerun);
  }

  private RunSpec with(
      @Nullable ObjectNode itsFiles, @Nullable Output itsOutput, @Nullable Rerun itsRerun) {
    return new RunSpec(
        job,
        handler,
        config,
        batchSize,
        items,
        totalBatches,
        retry,
        timeouts,
        maxFailedBatches,
        maxFailedItems,
        metrics,
        itsFiles,
        itsOutput,
        rateLimit,
        itsRerun);
  }

  /** As JSON, the same bytes for the same run. */
  public byte[] toJson() {
    return RunSpecJson.write(this);
  }

  /** How many batches so many items make; the last may be shorter. */
  public static int batches(int items, int batchSize) {
    return Math.ceilDiv(items, batchSize);
  }

  private static void atLeast(int least, int value, String field) {
    if (value < least) {
      throw new IllegalArgumentException("%s is %d, at least %d".formatted(field, value, least));
    }
  }

  /**
   * The BatchJob.
   *
   * @param workers how many it asked for when it was accepted, at least 1
   * @param startTime when it was accepted, in ISO 8601
   */
  public record Job(
      @JsonProperty(required = true) String uid,
      @JsonProperty(required = true) String name,
      @JsonProperty(required = true) String namespace,
      @JsonProperty(required = true) String apiName,
      @JsonProperty(required = true) int workers,
      @JsonProperty(required = true) String startTime) {
    public Job {
      atLeast(1, workers, "workers");
      try {
        Instant.parse(startTime);
      } catch (DateTimeParseException e) {
        throw new IllegalArgumentException(
            "startTime is \"%s\", no time such as 2026-01-31T12:00:00Z".formatted(startTime), e);
      }
    }
  }

  /**
   * Where the author's class is.
   *
   * @param file the file with the class: a name in the code folder, or a path in the image; null if
   *     the class is found by the class path alone (Java)
   * @param inCodeFolder whether {@code file} is in the code folder (see {@code CodeFiles})
   * @param classpath of Java: jars, folders of classes and {@code dir/*.jar}, in order
   * @param results what a list is that it returns
   * @param concurrency items at once, of a handler of single items, at least 1
   */
  public record Handler(
      @JsonProperty(required = true) Language language,
      @Nullable String file,
      @JsonProperty(required = true) boolean inCodeFolder,
      @JsonProperty(required = true) String className,
      @JsonProperty(required = true) List<String> classpath,
      @JsonProperty(required = true) Results results,
      @JsonProperty(required = true) int concurrency) {
    /** With the defaults: one result for each item, and one item at once. */
    public Handler(
        Language language,
        @Nullable String file,
        boolean inCodeFolder,
        String className,
        List<String> classpath) {
      this(language, file, inCodeFolder, className, classpath, Results.ITEM, 1);
    }

    public Handler {
      atLeast(1, concurrency, "concurrency");
      if (file == null && (inCodeFolder || language == Language.PYTHON)) {
        throw new IllegalArgumentException("file is missing");
      }
      classpath = List.copyOf(classpath);
    }
  }

  /**
   * Where results go.
   *
   * @param path a folder's URL, with a slash at its end
   * @param include what each line has beside what it always has
   */
  public record Output(
      @JsonProperty(required = true) String path,
      @JsonProperty(required = true) List<String> include) {
    public Output {
      include = List.copyOf(include);
    }
  }

  /**
   * The earlier job.
   *
   * @param job its name
   * @param uid its BatchJob's uid
   */
  public record Rerun(
      @JsonProperty(required = true) String job, @JsonProperty(required = true) String uid) {}

  /** What a list is that a handler returns. */
  public enum Results {
    /** One result for each item. */
    @JsonProperty("Item")
    ITEM,
    /** The batch's one result, as anything else is. */
    @JsonProperty("Batch")
    BATCH
  }

  /** In which host the handler runs. */
  public enum Language {
    @JsonProperty("python")
    PYTHON,
    @JsonProperty("java")
    JAVA
  }

  /**
   * How often a batch is tried.
   *
   * @param maxAttempts failures after which it is given up, at least 1
   * @param initialBackoffSeconds wait after the first failure, doubled after each further one
   * @param maxBackoffSeconds the longest wait
   */
  public record Retry(
      @JsonProperty(required = true) int maxAttempts,
      @JsonProperty(required = true) int initialBackoffSeconds,
      @JsonProperty(required = true) int maxBackoffSeconds) {
    public Retry {
      atLeast(1, maxAttempts, "maxAttempts");
      atLeast(0, initialBackoffSeconds, "initialBackoffSeconds");
      atLeast(initialBackoffSeconds, maxBackoffSeconds, "maxBackoffSeconds");
    }
  }

  /**
   * How many items all workers together may hand to their handlers.
   *
   * @param perSecond items per second
   * @param burst how many may go at once after a rest
   */
  public record RateLimit(
      @JsonProperty(required = true) double perSecond, @JsonProperty(required = true) int burst) {
    public static final double SLOWEST = 0.001;
    public static final double FASTEST = 100_000;
    public static final int LARGEST_BURST = 1_000_000;

    public RateLimit {
      if (!(perSecond >= SLOWEST && perSecond <= FASTEST)) { // this way round because of NaN
        throw new IllegalArgumentException(
            "perSecond is %s, %s to %.0f".formatted(perSecond, SLOWEST, FASTEST));
      }
      atLeast(1, burst, "burst");
      if (burst > LARGEST_BURST) {
        throw new IllegalArgumentException(
            "burst is %d, at most %d".formatted(burst, LARGEST_BURST));
      }
    }
  }

  /** In seconds; null for no limit. */
  public record Timeouts(
      @Nullable Integer startupSeconds,
      @Nullable Integer batchSeconds,
      @Nullable Integer runSeconds) {
    public Timeouts {
      positive(startupSeconds, "startupSeconds");
      positive(batchSeconds, "batchSeconds");
      positive(runSeconds, "runSeconds");
    }

    private static void positive(@Nullable Integer seconds, String field) {
      if (seconds != null) {
        atLeast(1, seconds, field);
      }
    }
  }

  /**
   * Where the handler's metrics go.
   *
   * @param statsd {@code host:port}; null for the platform's
   * @param flavour whose rules the server has; null for the platform's
   * @param tags on every metric
   */
  public record Metrics(
      @Nullable String statsd,
      @Nullable MetricsFlavour flavour,
      @JsonProperty(required = true) Map<String, String> tags) {
    public Metrics {
      tags = Map.copyOf(tags);
    }
  }
}
