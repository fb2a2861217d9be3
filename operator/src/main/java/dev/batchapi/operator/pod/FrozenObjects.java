package dev.batchapi.operator.pod;

import dev.batchapi.crds.run.RunSpec;
import dev.batchapi.crds.run.RunSpecException;
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
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is written down of a job when it is accepted. All of it goes when the BatchJob goes. */
public final class FrozenObjects {
  /** On the Secret with the credentials: when they end, in ISO 8601. */
  public static final String EXPIRES = "batchapi.dev/expires";

  static final String RUN_FILE = "run.json";
  static final String CREDENTIALS_FILE = "worker.creds";
  private static final String POD_FILE = "pod.json";
  private static final String INPUT_FILE = "items.jsonl";

  private FrozenObjects() {}

  /** The job itself; whoever finds it goes on with it. */
  public static ConfigMap run(FrozenJob job) {
    return configMap(
        job,
        Names.run(job.name(), job.uid()),
        Map.of(RUN_FILE, job.runJson(), POD_FILE, job.pod().toJson()));
  }

  /**
   * Reads what {@link #run} wrote.
   *
   * @throws IllegalArgumentException naming the ConfigMap and what is wrong in it
   */
  public static FrozenJob read(ConfigMap configMap) {
    var run = file(configMap, RUN_FILE);
    var pod = file(configMap, POD_FILE);
    try {
      return new FrozenJob(
          RunSpec.read(run.getBytes(StandardCharsets.UTF_8)), PodPlan.fromJson(pod), run);
    } catch (RunSpecException | UncheckedIOException e) {
      throw new IllegalArgumentException(
          "ConfigMap \"%s\" in namespace \"%s\" holds no frozen job: %s"
              .formatted(name(configMap), namespace(configMap), e.getMessage()),
          e);
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
    return configMap(job, named(job.pod().input(), "input"), Map.of(INPUT_FILE, lines));
  }

  /**
   * Reads what {@link #input} wrote.
   *
   * @throws IllegalArgumentException naming the ConfigMap, if it holds no items
   */
  public static String inputLines(ConfigMap configMap) {
    return file(configMap, INPUT_FILE);
  }

  /** The credentials of the job's workers. Made anew before they end, so it can be changed. */
  public static Secret credentials(FrozenJob job, String credentials, Instant expires) {
    var bytes = credentials.getBytes(StandardCharsets.UTF_8);
    var meta = meta(job, Names.credentials(job.name(), job.uid()));
    return new SecretBuilder()
        .withMetadata(
            new ObjectMetaBuilder(meta).addToAnnotations(EXPIRES, expires.toString()).build())
        .withType("Opaque")
        .addToData(CREDENTIALS_FILE, Base64.getEncoder().encodeToString(bytes))
        .build();
  }

  private static ConfigMap configMap(FrozenJob job, String name, Map<String, String> files) {
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

  private static String named(@Nullable String name, String what) {
    return Objects.requireNonNull(name, () -> "the job has no ConfigMap for its " + what);
  }

  private static String file(ConfigMap configMap, String key) {
    return Optional.ofNullable(configMap.getData())
        .map(data -> data.get(key))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "ConfigMap \"%s\" in namespace \"%s\" has no key \"%s\"."
                        .formatted(name(configMap), namespace(configMap), key)));
  }

  private static String name(ConfigMap configMap) {
    return configMap.getMetadata().getName();
  }

  private static String namespace(ConfigMap configMap) {
    return configMap.getMetadata().getNamespace();
  }
}
