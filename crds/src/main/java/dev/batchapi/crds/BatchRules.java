package dev.batchapi.crds;

import dev.batchapi.contract.MetricsFlavour;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules that types and bounds of a schema can't hold: those that an API server evaluates as
 * CEL, in the same words, and the sizes that CEL can't see. For where there is no API server.
 *
 * <p>Expects a spec that its schema has accepted, or what is left of one without the fields that it
 * refuses. Rules about changes (what is immutable) have no meaning here.
 */
public final class BatchRules {
  private final Findings found = new Findings();

  private BatchRules() {}

  /** What is wrong with a BatchAPI; empty if nothing is. */
  public static List<Problem> checkApi(NamedSpec<BatchApiSpec> api) {
    var rules = new BatchRules();
    rules.found.require(
        api.name().length() <= 63 && api.name().matches(Syntax.LABEL),
        "metadata.name",
        Rules.API_NAME);
    rules.api(api.spec());
    rules.entryNames(api);
    return rules.found.all();
  }

  /** What is wrong with a BatchJob; empty if nothing is. */
  public static List<Problem> checkJob(NamedSpec<BatchJobSpec> job) {
    var rules = new BatchRules();
    rules.found.require(
        job.name().length() <= 45 && job.name().matches(Syntax.LABEL),
        "metadata.name",
        Rules.JOB_NAME);
    rules.found.matches(job.spec().apiName(), Syntax.LABEL, "spec.apiName", Rules.LABEL);
    rules.input(job.spec().input(), "spec.input");
    rules.output(job.spec().output(), "spec.output");
    rules.overrides(job.spec().overrides(), "spec.overrides");
    return rules.found.all();
  }

  private void api(BatchApiSpec spec) {
    if (spec.handler() != null) {
      HandlerRules.check(spec.handler(), found);
      Limits.checkFreeForm(spec.handler().config(), "spec.handler.config").ifPresent(found::add);
    }
    found.matches(spec.image(), Syntax.IMAGE, "spec.image", Rules.IMAGE);
    if (spec.resources() != null) {
      quantities(spec.resources().requests(), "spec.resources.requests");
      quantities(spec.resources().limits(), "spec.resources.limits");
    }
    Findings.each(spec.env(), "spec.env", this::env);
    if (spec.retry() != null) {
      backoff(spec.retry().initialBackoffSeconds(), spec.retry().maxBackoffSeconds(), "spec.retry");
    }
    failureLimit(spec.maxFailedBatches(), "spec.maxFailedBatches", Rules.FAILURE_LIMIT);
    failureLimit(spec.maxFailedItems(), "spec.maxFailedItems", Rules.ITEM_FAILURE_LIMIT);
    if (spec.template() != null) {
      Limits.checkFreeForm(spec.template().metadata(), "spec.template.metadata")
          .ifPresent(found::add);
      Limits.checkFreeForm(spec.template().spec(), "spec.template.spec").ifPresent(found::add);
    }
    if (spec.metrics() != null) {
      found.matches(spec.metrics().statsd(), Syntax.STATSD, "spec.metrics.statsd", Rules.STATSD);
      found.require(
          spec.metrics().statsd() == null
              || !spec.metrics().statsd().startsWith("unix:")
              || spec.metrics().flavour() != MetricsFlavour.PROMETHEUS,
          "spec.metrics",
          Rules.UNIX_STATSD);
      var tags = spec.metrics().tags() == null ? Map.<String, String>of() : spec.metrics().tags();
      found.require(
          tags.keySet().stream().allMatch(tag -> tag.matches(Syntax.TAG_NAME)),
          "spec.metrics.tags",
          Rules.TAG_NAMES);
      found.require(
          tags.values().stream().allMatch(value -> value.matches(Syntax.TAG_VALUE)),
          "spec.metrics.tags",
          Rules.TAG_VALUES);
    }
    if (spec.storage() != null) {
      storage(spec.storage(), "spec.storage");
    }
    if (spec.output() != null) {
      found.matches(
          spec.output().path(), Syntax.OUTPUT_FOLDER, "spec.output.path", Rules.OUTPUT_FOLDER);
      found.require(spec.storage() != null, "spec.output", Rules.OUTPUT_STORAGE);
    }
    Findings.each(spec.jobs(), "spec.jobs", this::entry);
  }

  private void output(@Nullable JobOutput output, String path) {
    if (output != null) {
      found.matches(output.path(), Syntax.OUTPUT_FOLDER, path + ".path", Rules.OUTPUT_FOLDER);
    }
  }

  private void storage(Storage storage, String path) {
    if (storage.secret() != null) {
      found.matches(
          storage.secret().name(), Syntax.SUBDOMAIN, path + ".secret.name", Rules.SUBDOMAIN);
    }
    if (storage.serviceAccountName() != null) {
      found.matches(
          storage.serviceAccountName(),
          Syntax.SUBDOMAIN,
          path + ".serviceAccountName",
          Rules.SUBDOMAIN);
    }
    volumes(storage.volumes(), path + ".volumes");
    found.require(
        storage.paths() == null
            || storage.paths().stream().allMatch(p -> p.matches(Syntax.FOLDER) && isKnown(p)),
        path + ".paths",
        Rules.FOLDERS);
  }

  private void volumes(@Nullable List<StorageVolume> volumes, String path) {
    if (volumes == null) {
      return;
    }
    found.require(
        volumes.stream().map(StorageVolume::name).distinct().count() == volumes.size()
            && volumes.stream().map(StorageVolume::mountPath).distinct().count() == volumes.size(),
        path,
        Rules.VOLUMES);
    Findings.each(
        volumes,
        path,
        (volume, at) -> {
          found.matches(volume.name(), Syntax.LABEL, at + ".name", Rules.LABEL);
          found.require(
              volume.mountPath().matches(Syntax.MOUNT_PATH)
                  && !volume.mountPath().matches(Syntax.SYSTEM_FOLDER),
              at + ".mountPath",
              Rules.MOUNT_PATH);
          found.matches(
              volume.source().persistentVolumeClaim().claimName(),
              Syntax.SUBDOMAIN,
              at + ".source.persistentVolumeClaim.claimName",
              Rules.SUBDOMAIN);
        });
  }

  private void quantities(@Nullable Map<String, Quantity> amounts, String path) {
    Collection<Quantity> all = amounts == null ? List.of() : amounts.values();
    found.require(
        all.stream().allMatch(q -> q.text().matches(Syntax.QUANTITY)), path, Rules.QUANTITIES);
  }

  private void env(EnvVar env, String path) {
    found.matches(env.name(), Syntax.ENV_NAME, path + ".name", Rules.ENV_NAME);
    found.require(env.value() == null || env.valueFrom() == null, path, Rules.ENV_ONE);
    if (env.valueFrom() == null) {
      return;
    }
    String from = path + ".valueFrom";
    var configMap = env.valueFrom().configMapKeyRef();
    var secret = env.valueFrom().secretKeyRef();
    found.require(
        Stream.of(configMap, secret, env.valueFrom().fieldRef()).filter(r -> r != null).count()
            == 1,
        from,
        Rules.ENV_SOURCE);
    keyRef(configMap, from + ".configMapKeyRef");
    keyRef(secret, from + ".secretKeyRef");
  }

  private void keyRef(EnvVar.@Nullable KeyRef ref, String path) {
    if (ref != null) {
      found.matches(ref.name(), Syntax.SUBDOMAIN, path + ".name", Rules.SUBDOMAIN);
      found.matches(ref.key(), Syntax.CONFIG_MAP_KEY, path + ".key", Rules.CONFIG_MAP_KEY);
    }
  }

  private void entryNames(NamedSpec<BatchApiSpec> api) {
    Findings.each(
        api.spec().jobs(),
        "spec.jobs",
        (entry, path) ->
            found.require(
                entry.name() == null || api.name().length() + entry.name().length() <= 44,
                path + ".name",
                Rules.ENTRY_NAMES));
  }

  private void entry(JobEntry entry, String path) {
    found.matches(entry.name(), Syntax.LABEL, path + ".name", Rules.LABEL);
    input(entry.input(), path + ".input");
    output(entry.output(), path + ".output");
    overrides(entry.overrides(), path + ".overrides");
  }

  private void input(@Nullable JobInput input, String path) {
    if (input == null) {
      return;
    }
    var ref = input.configMap();
    if (ref != null) {
      found.matches(ref.name(), Syntax.SUBDOMAIN, path + ".configMap.name", Rules.SUBDOMAIN);
      found.matches(
          ref.key(), Syntax.CONFIG_MAP_KEY, path + ".configMap.key", Rules.CONFIG_MAP_KEY);
    }
    if (input.files() != null) {
      files(input.files(), path + ".files");
    }
    if (input.rerun() != null) {
      found.matches(input.rerun().job(), Syntax.LABEL, path + ".rerun.job", Rules.LABEL);
    }
    if (input.items() != null) {
      Limits.checkItems(input.items(), path + ".items").ifPresent(found::add);
    }
  }

  private void files(FileInput files, String path) {
    found.require(
        files.csv() == null || files.format() == null || files.format() == FileInput.Format.CSV,
        path + ".csv",
        Rules.CSV_FORMAT);
    found.require(
        files.paths() == null || files.paths().stream().allMatch(BatchRules::isKnown),
        path + ".paths",
        Rules.FILE_PATHS);
  }

  private static boolean isKnown(String path) {
    return !path.contains("://") || path.matches(Syntax.STORE_URL);
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
    failureLimit(overrides.maxFailedBatches(), path + ".maxFailedBatches", Rules.FAILURE_LIMIT);
    failureLimit(overrides.maxFailedItems(), path + ".maxFailedItems", Rules.ITEM_FAILURE_LIMIT);
    Limits.checkFreeForm(overrides.config(), path + ".config").ifPresent(found::add);
  }

  private void backoff(@Nullable Integer initial, @Nullable Integer max, String path) {
    found.require(initial == null || max == null || initial <= max, path, Rules.BACKOFF);
  }

  private void failureLimit(@Nullable FailureLimit limit, String path, String rule) {
    found.require(limit == null || limit.isValid(), path, rule);
  }
}
