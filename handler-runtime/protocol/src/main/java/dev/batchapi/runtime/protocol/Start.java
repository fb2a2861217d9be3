package dev.batchapi.runtime.protocol;

import dev.batchapi.handler.JobSpec;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a host needs to construct the handler.
 *
 * @param handler where the author's code is
 * @param jobSpec what the handler is told about its job, the merged configuration in it
 * @param limits how large answers may be
 * @param metrics for a host that sends metrics itself, and for all: the reserved names
 */
public record Start(Handler handler, JobSpec jobSpec, Limits limits, Metrics metrics) {

  /**
   * Where the author's code is.
   *
   * @param language {@code java} or {@code python}
   * @param file the source file, looked for in the code folder and then as it is; null for Java,
   *     whose sources are all {@code .java} files in the code folder
   * @param className the handler's class
   * @param classpath Java only: jars, folders, and patterns such as {@code /app/lib/*.jar}
   * @param perItem whether a list that the handler returns has one result for each item
   * @param concurrency items at once, of a handler of single items
   * @param rated whether each item needs a permit of the job's rate limit
   */
  public record Handler(
      String language,
      @Nullable String file,
      String className,
      List<String> classpath,
      boolean perItem,
      int concurrency,
      boolean rated) {
    /** With the defaults. */
    public Handler(
        String language, @Nullable String file, String className, List<String> classpath) {
      this(language, file, className, classpath, true, 1);
    }

    /** Of a job without a rate limit. */
    public Handler(
        String language,
        @Nullable String file,
        String className,
        List<String> classpath,
        boolean perItem,
        int concurrency) {
      this(language, file, className, classpath, perItem, concurrency, false);
    }
  }

  /**
   * How large answers may be.
   *
   * @param resultBytes largest RESULT
   * @param errorBytes largest FAILED or BROKEN
   */
  public record Limits(int resultBytes, int errorBytes) {
    /** One result 256 KiB, one error 16 KiB. */
    public static final Limits DEFAULT = new Limits(256 << 10, 16 << 10);

    /** The same for larger results. */
    public Limits withResultBytes(int bytes) {
      return new Limits(bytes, errorBytes);
    }
  }

  /**
   * Where metrics go, and what is on them.
   *
   * @param statsd {@code host:port}; null when there is nowhere to send to; {@code unix://} and a
   *     path where only the worker has that socket, so that every host hands its metrics to it
   * @param flavour {@code prometheus} or {@code datadog}: whose rules that server has
   * @param tags go on every metric
   * @param reservedPrefixes of names that a handler may not push
   */
  public record Metrics(
      @Nullable String statsd,
      String flavour,
      Map<String, String> tags,
      List<String> reservedPrefixes) {}

  public byte[] encode() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("protocol", Hello.PROTOCOL);
    Map<String, @Nullable Object> code = new LinkedHashMap<>();
    code.put("language", handler.language);
    code.put("file", handler.file);
    code.put("className", handler.className);
    code.put("classpath", handler.classpath);
    code.put("results", handler.perItem ? "Item" : "Batch");
    code.put("concurrency", handler.concurrency);
    code.put("rated", handler.rated);
    json.put("handler", code);
    Map<String, @Nullable Object> job = new LinkedHashMap<>();
    job.put("job_id", jobSpec.jobId());
    job.put("job_name", jobSpec.jobName());
    job.put("namespace", jobSpec.namespace());
    job.put("api_name", jobSpec.apiName());
    job.put("kind", jobSpec.kind());
    job.put("workers", jobSpec.workers());
    job.put("config", jobSpec.config());
    job.put("total_batch_count", jobSpec.totalBatchCount());
    job.put("start_time", jobSpec.startTime().toString());
    json.put("job_spec", job);
    json.put(
        "limits", Map.of("result_bytes", limits.resultBytes, "error_bytes", limits.errorBytes));
    Map<String, @Nullable Object> pushed = new LinkedHashMap<>();
    pushed.put("statsd", metrics.statsd);
    pushed.put("flavour", metrics.flavour);
    pushed.put("tags", metrics.tags);
    pushed.put("reserved_prefixes", metrics.reservedPrefixes);
    json.put("metrics", pushed);
    return PlainJson.write(json);
  }

  /**
   * Reads one.
   *
   * @throws ProtocolException if a field is missing or of another type
   * @throws WrongVersionException if it is of another version
   */
  public static Start decode(byte[] body) throws ProtocolException {
    JsonObject json = PlainJson.readObject("START", body);
    int version = json.integer("protocol");
    if (version != Hello.PROTOCOL) {
      throw new WrongVersionException(
          "the worker speaks protocol %d, this host %d: use images of one version"
              .formatted(version, Hello.PROTOCOL));
    }
    JsonObject code = json.object("handler");
    JsonObject limits = json.object("limits");
    JsonObject metrics = json.object("metrics");
    return new Start(
        new Handler(
            code.string("language"),
            code.optionalString("file"),
            code.string("className"),
            code.stringList("classpath"),
            code.string("results").equals("Item"),
            code.integer("concurrency"),
            code.flag("rated")),
        jobSpec(json.object("job_spec")),
        new Limits(limits.integer("result_bytes"), limits.integer("error_bytes")),
        new Metrics(
            metrics.optionalString("statsd"),
            metrics.string("flavour"),
            metrics.strings("tags"),
            metrics.stringList("reserved_prefixes")));
  }

  private static JobSpec jobSpec(JsonObject job) throws ProtocolException {
    return new JobSpec(
        job.string("job_id"),
        job.string("job_name"),
        job.string("namespace"),
        job.string("api_name"),
        job.string("kind"),
        job.integer("workers"),
        job.map("config"),
        job.integer("total_batch_count"),
        instant(job.string("start_time")));
  }

  private static Instant instant(String text) throws ProtocolException {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new ProtocolException("START.job_spec.start_time is not a time: " + text, e);
    }
  }
}
