package dev.batchapi.operator.pod;

import dev.batchapi.contract.PodFiles;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.contract.RunSpecException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is written down of a job when it is accepted. All of it goes when the BatchJob goes. */
public final class FrozenObjects {
  /** On the Secret with the credentials: when they end, in ISO 8601. */
  public static final String EXPIRES = "batchapi.dev/expires";

  private static final String POD_FILE = "pod.json";

  private FrozenObjects() {}

  /** The job itself. */
  public static ConfigMap run(FrozenJob job) {
    return configMap(
        job,
        Names.run(job.id(), job.digest()),
        Map.of(PodFiles.RUN_FILE, job.runJson(), POD_FILE, job.podJson()));
  }

  /**
   * Reads what {@link #run} wrote.
   *
   * @param id the BatchJob
   * @param digest {@link FrozenJob#digest} at its acceptance, by the BatchJob's status
   * @throws TamperedException if it is anything else
   * @throws PodTemplateException if it breaks the rules for pods
   */
  public static FrozenJob read(JobId id, String digest, ConfigMap configMap) {
    var run = file(configMap, PodFiles.RUN_FILE);
    var pod = file(configMap, POD_FILE);
    check(configMap, FrozenJob.digest(id, run, pod), digest);
    try {
      var frozen =
          new FrozenJob(
              id,
              RunSpec.read(run.getBytes(StandardCharsets.UTF_8)),
              PodPlan.fromJson(pod),
              run,
              pod);
      PodTemplateRules.check(frozen.pod());
      return frozen;
    } catch (RunSpecException | UncheckedIOException e) {
      throw new TamperedException(
          "ConfigMap \"%s\" in namespace \"%s\" holds no frozen job: %s"
              .formatted(name(configMap), namespace(configMap), e.getMessage()));
    }
  }

  /**
   * Makes sure of a ConfigMap with files.
   *
   * @throws TamperedException if it holds others than were frozen
   */
  public static void check(ConfigMap configMap, FrozenFiles files) {
    check(configMap, Digest.hex(data(configMap)), files.digest());
  }

  private static void check(ConfigMap configMap, String found, String wanted) {
    var binary = configMap.getBinaryData();
    if (!found.equals(wanted) || (binary != null && !binary.isEmpty())) {
      throw new TamperedException(
          "ConfigMap \"%s\" in namespace \"%s\" does not hold what the operator wrote there: somebody has replaced it."
              .formatted(name(configMap), namespace(configMap)));
    }
  }

  /**
   * The author's code.
   *
   * @param files source by file name
   */
  public static ConfigMap code(FrozenJob job, Map<String, String> files) {
    return configMap(job, named(job.pod().code(), "code"), files);
  }

  /**
   * The items, if they came from a ConfigMap.
   *
   * @param lines one item per line, as JSON
   */
  public static ConfigMap input(FrozenJob job, String lines) {
    return configMap(job, named(job.pod().input(), "input"), inputFiles(lines));
  }

  /**
   * Reads what {@link #input} wrote.
   *
   * @throws TamperedException if it holds anything else
   */
  public static String inputLines(ConfigMap configMap, FrozenFiles input) {
    check(configMap, input);
    return file(configMap, PodFiles.FROZEN_INPUT_FILE);
  }

  /** The files of {@link #input}, whose digest is frozen. */
  static Map<String, String> inputFiles(String lines) {
    return Map.of(PodFiles.FROZEN_INPUT_FILE, lines);
  }

  /** The credentials of the job's workers. Made anew before they end, so it can be changed. */
  public static Secret credentials(FrozenJob job, String credentials, Instant expires) {
    var bytes = credentials.getBytes(StandardCharsets.UTF_8);
    var meta = meta(job, Names.credentials(job.name(), job.uid()));
    return new SecretBuilder()
        .withMetadata(
            new ObjectMetaBuilder(meta).addToAnnotations(EXPIRES, expires.toString()).build())
        .withType("Opaque")
        .addToData(PodFiles.CREDENTIALS_FILE, Base64.getEncoder().encodeToString(bytes))
        .build();
  }

  static ConfigMap configMap(FrozenJob job, String name, Map<String, String> files) {
    return new ConfigMapBuilder()
        .withMetadata(meta(job, name))
        .withImmutable(true)
        .withData(new TreeMap<>(files))
        .build();
  }

  private static ObjectMeta meta(FrozenJob job, String name) {
    return new ObjectMetaBuilder()
        .withName(name)
        .withNamespace(job.namespace())
        .withLabels(Labels.ofJob(job.run().job().apiName(), job.name(), job.uid()))
        .withOwnerReferences(job.owner())
        .build();
  }

  private static String named(@Nullable FrozenFiles files, String what) {
    return Objects.requireNonNull(files, () -> "the job has no ConfigMap for its " + what)
        .configMap();
  }

  private static Map<String, String> data(ConfigMap configMap) {
    return Objects.requireNonNullElse(configMap.getData(), Map.of());
  }

  private static String file(ConfigMap configMap, String key) {
    var text = data(configMap).get(key);
    if (text == null) {
      throw new TamperedException(
          "ConfigMap \"%s\" in namespace \"%s\" has no key \"%s\": somebody has replaced it."
              .formatted(name(configMap), namespace(configMap), key));
    }
    return text;
  }

  private static String name(ConfigMap configMap) {
    return configMap.getMetadata().getName();
  }

  private static String namespace(ConfigMap configMap) {
    return configMap.getMetadata().getNamespace();
  }
}
