package dev.batchapi.crds;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules that types and bounds of a schema can't hold: those that an API server evaluates as
 * CEL, in the same words, and the sizes that CEL can't see. For where there is no API server.
 *
 * <p>Expects a spec that its schema has accepted. Rules about changes (what is immutable) have no
 * meaning here.
 */
public final class BatchRules {
  private final List<Problem> problems = new ArrayList<>();

  private BatchRules() {}

  /** What is wrong with a BatchAPI; empty if nothing is. */
  public static List<Problem> checkApi(NamedSpec<BatchApiSpec> api) {
    var rules = new BatchRules();
    rules.require(
        api.name().length() <= 63 && api.name().matches(Syntax.LABEL),
        "metadata.name",
        Rules.API_NAME);
    rules.api(api.spec());
    rules.entryNames(api);
    return List.copyOf(rules.problems);
  }

  /** What is wrong with a BatchJob; empty if nothing is. */
  public static List<Problem> checkJob(NamedSpec<BatchJobSpec> job) {
    var rules = new BatchRules();
    rules.require(
        job.name().length() <= 45 && job.name().matches(Syntax.LABEL),
        "metadata.name",
        Rules.JOB_NAME);
    rules.matches(job.spec().apiName(), Syntax.LABEL, "spec.apiName", Rules.LABEL);
    rules.input(job.spec().input(), "spec.input");
    rules.overrides(job.spec().overrides(), "spec.overrides");
    return List.copyOf(rules.problems);
  }

  /**
   * Whether a job of so many items is within bounds.
   *
   * @param items how many items the input has
   * @param batchSize items per batch, at least 1
   */
  public static Optional<Problem> checkBatches(int items, int batchSize) {
    int batches = Math.ceilDiv(items, batchSize);
    if (batches <= Limits.BATCHES) {
      return Optional.empty();
    }
    return Optional.of(
        new Problem(
            "spec.input",
            String.format(
                Locale.ROOT,
                "%,d items in batches of %,d are %,d batches, and a job may have %,d: make batchSize"
                    + " larger",
                items,
                batchSize,
                batches,
                Limits.BATCHES)));
  }

  /**
   * Whether a batch is within bounds.
   *
   * @param index position of the batch in the job, from 0
   * @param bytes size of its payload as JSON
   */
  public static Optional<Problem> checkPayload(int index, long bytes) {
    if (bytes <= Limits.PAYLOAD) {
      return Optional.empty();
    }
    return Optional.of(
        new Problem(
            "spec.input",
            String.format(
                Locale.ROOT,
                "batch %d has %,d bytes as JSON, and a batch may have %,d: make batchSize or the items"
                    + " smaller, or pass references to data instead of the data",
                index,
                bytes,
                Limits.PAYLOAD)));
  }

  private void api(BatchApiSpec spec) {
    handler(spec.handler());
    if (spec.resources() != null) {
      quantities(spec.resources().requests(), "spec.resources.requests");
      quantities(spec.resources().limits(), "spec.resources.limits");
    }
    each(spec.env(), "spec.env", this::env);
    if (spec.retry() != null) {
      backoff(spec.retry().initialBackoffSeconds(), spec.retry().maxBackoffSeconds(), "spec.retry");
    }
    failureLimit(spec.maxFailedBatches(), "spec.maxFailedBatches");
    if (spec.metrics() != null) {
      matches(spec.metrics().statsd(), Syntax.HOST_PORT, "spec.metrics.statsd", Rules.HOST_PORT);
      var tags = spec.metrics().tags() == null ? Map.<String, String>of() : spec.metrics().tags();
      require(
          tags.keySet().stream().allMatch(tag -> tag.matches(Syntax.TAG_NAME)),
          "spec.metrics.tags",
          Rules.TAG_NAMES);
    }
    each(spec.jobs(), "spec.jobs", this::entry);
  }

  private void handler(HandlerSpec handler) {
    require(
        (handler.python() == null) != (handler.java() == null), "spec.handler", Rules.ONE_LANGUAGE);
    if (handler.python() != null) {
      python(handler.python(), "spec.handler.python");
    }
    if (handler.java() != null) {
      java(handler.java(), "spec.handler.java");
    }
  }

  private void python(PythonHandler python, String path) {
    require(
        python.inline() != null || python.configMap() != null || python.file() != null,
        path,
        Rules.PYTHON_SOURCE);
    source(python.inline(), python.configMap(), python.file(), path);
    require(
        python.file() == null || python.file().endsWith(".py"), path + ".file", Rules.PYTHON_FILE);
    matches(python.className(), Syntax.PYTHON_CLASS, path + ".className", Rules.PYTHON_CLASS);
  }

  private void java(JavaHandler java, String path) {
    require(
        java.classpath() != null || java.inline() != null || java.configMap() != null,
        path,
        Rules.JAVA_SOURCE);
    source(java.inline(), java.configMap(), java.file(), path);
    require(
        java.file() == null || java.configMap() != null || java.inline() != null,
        path,
        Rules.JAVA_FILE);
    require(
        java.file() == null || java.file().endsWith(".java"), path + ".file", Rules.JAVA_FILE_NAME);
    matches(java.className(), Syntax.JAVA_CLASS, path + ".className", Rules.JAVA_CLASS);
  }

  private void source(
      @Nullable String inline,
      @Nullable ConfigMapRef configMap,
      @Nullable String file,
      String path) {
    require(inline == null || (configMap == null && file == null), path, Rules.INLINE_ALONE);
    if (configMap != null) {
      matches(file, Syntax.CONFIG_MAP_KEY, path, Rules.FILE_IS_KEY);
      matches(configMap.name(), Syntax.SUBDOMAIN, path + ".configMap.name", Rules.SUBDOMAIN);
    }
  }

  private void quantities(@Nullable Map<String, Quantity> amounts, String path) {
    Collection<Quantity> all = amounts == null ? List.of() : amounts.values();
    require(all.stream().allMatch(q -> q.text().matches(Syntax.QUANTITY)), path, Rules.QUANTITIES);
  }

  private void env(EnvVar env, String path) {
    matches(env.name(), Syntax.ENV_NAME, path + ".name", Rules.ENV_NAME);
    require(env.value() == null || env.valueFrom() == null, path, Rules.ENV_ONE);
    if (env.valueFrom() == null) {
      return;
    }
    String from = path + ".valueFrom";
    var configMap = env.valueFrom().configMapKeyRef();
    var secret = env.valueFrom().secretKeyRef();
    require(
        Stream.of(configMap, secret, env.valueFrom().fieldRef()).filter(r -> r != null).count()
            == 1,
        from,
        Rules.ENV_SOURCE);
    keyRef(configMap, from + ".configMapKeyRef");
    keyRef(secret, from + ".secretKeyRef");
  }

  private void keyRef(EnvVar.@Nullable KeyRef ref, String path) {
    if (ref != null) {
      matches(ref.name(), Syntax.SUBDOMAIN, path + ".name", Rules.SUBDOMAIN);
      matches(ref.key(), Syntax.CONFIG_MAP_KEY, path + ".key", Rules.CONFIG_MAP_KEY);
    }
  }

  private void entryNames(NamedSpec<BatchApiSpec> api) {
    each(
        api.spec().jobs(),
        "spec.jobs",
        (entry, path) ->
            require(
                api.name().length() + entry.name().length() <= 44,
                path + ".name",
                Rules.ENTRY_NAMES));
  }

  private void entry(JobEntry entry, String path) {
    matches(entry.name(), Syntax.LABEL, path + ".name", Rules.LABEL);
    input(entry.input(), path + ".input");
    overrides(entry.overrides(), path + ".overrides");
  }

  private void input(JobInput input, String path) {
    var ref = input.configMap();
    if (ref != null) {
      matches(ref.name(), Syntax.SUBDOMAIN, path + ".configMap.name", Rules.SUBDOMAIN);
      matches(ref.key(), Syntax.CONFIG_MAP_KEY, path + ".configMap.key", Rules.CONFIG_MAP_KEY);
    }
    if (input.items() != null) {
      inlineItems(input.items(), path + ".items");
    }
  }

  /** Names the item with which the limit is passed. */
  private void inlineItems(List<JsonNode> items, String path) {
    long bytes = 0;
    for (int i = 0; i < items.size(); i++) {
      bytes += items.get(i).toString().getBytes(StandardCharsets.UTF_8).length;
      if (bytes > Limits.INLINE_ITEMS) {
        problems.add(
            new Problem(
                "%s[%d]".formatted(path, i),
                String.format(
                    Locale.ROOT,
                    "up to and with item %d the items have %,d bytes as JSON, and together they may"
                        + " have %,d: put them into a ConfigMap",
                    i,
                    bytes,
                    Limits.INLINE_ITEMS)));
        return;
      }
    }
  }

  private void overrides(@Nullable JobOverrides overrides, String path) {
    if (overrides == null) {
      return;
    }
    if (overrides.retry() != null) {
      backoff(
          overrides.retry().initialBackoffSeconds(),
          overrides.retry().maxBackoffSeconds(),
          path + ".retry");
    }
    failureLimit(overrides.maxFailedBatches(), path + ".maxFailedBatches");
  }

  private void backoff(@Nullable Integer initial, @Nullable Integer max, String path) {
    require(initial == null || max == null || initial <= max, path, Rules.BACKOFF);
  }

  private void failureLimit(@Nullable FailureLimit limit, String path) {
    require(limit == null || limit.isValid(), path, Rules.FAILURE_LIMIT);
  }

  private void matches(@Nullable String text, String regex, String path, String message) {
    require(text == null || text.matches(regex), path, message);
  }

  private void require(boolean holds, String path, String message) {
    if (!holds) {
      problems.add(new Problem(path, message));
    }
  }

  private static <T> void each(@Nullable List<T> list, String path, Check<T> check) {
    for (int i = 0; list != null && i < list.size(); i++) {
      check.at(list.get(i), "%s[%d]".formatted(path, i));
    }
  }

  private interface Check<T> {
    void at(T value, String path);
  }
}
