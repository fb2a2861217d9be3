package dev.batchapi.operator.job.accept;

import dev.batchapi.contract.RunSpec;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.data.input.Input;
import dev.batchapi.data.input.InputException;
import dev.batchapi.operator.pod.Labels;
import dev.batchapi.operator.status.Reason;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The ConfigMaps that a job is accepted with: its handler's code and its input. One that is missing
 * is waited for ({@link Stop}).
 */
final class JobConfigMaps {
  private JobConfigMaps() {}

  static Map<String, String> code(KubernetesClient client, String namespace, String name) {
    var data =
        FrozenStore.find(client, namespace, name)
            .orElseThrow(() -> new Stop(missing(name, namespace, "the handler's code")))
            .getData();
    return Objects.requireNonNullElse(data, Map.of());
  }

  static void checkHandlerFile(
      RunSpec run, Map<String, String> files, Optional<String> configMap, String namespace) {
    var file = run.handler().file();
    if (configMap.isPresent() && file != null && !files.containsKey(file)) {
      throw new Stop(missingKey(configMap.get(), namespace, file, "the handler's code", files));
    }
  }

  static Optional<String> inputLines(BatchJobSpec spec, KubernetesClient client, String namespace) {
    var ref = spec.input().configMap();
    if (ref == null) {
      return Optional.empty();
    }
    var found =
        FrozenStore.find(client, namespace, ref.name())
            .filter(JobConfigMaps::isInput)
            .orElseThrow(() -> new Stop(noInput(ref.name(), namespace)));
    var lines =
        Objects.requireNonNullElse(found.getData(), Map.<String, String>of()).get(ref.key());
    if (lines == null) {
      throw isBinary(found, ref.key())
          ? new InputException(
              "ConfigMap \"%s\" in namespace \"%s\" has \"%s\" as binary data, and JSON lines are text in UTF-8: make it of a file in UTF-8."
                  .formatted(ref.name(), namespace, ref.key()))
          : new Stop(noInputKey(ref.name(), namespace, ref.key()));
    }
    return Optional.of(lines);
  }

  /** The input of a job without files. */
  static Input open(BatchJobSpec spec, Optional<String> lines, int batchSize) {
    var ref = spec.input().configMap();
    var name = ref == null ? "" : "ConfigMap \"%s\", key \"%s\"".formatted(ref.name(), ref.key());
    return JobInputs.open(spec.input().source(), lines::orElseThrow, name, batchSize);
  }

  /**
   * Who submits a job need not be allowed to read ConfigMaps: their authors say which are input.
   */
  private static boolean isInput(ConfigMap configMap) {
    var labels = configMap.getMetadata().getLabels();
    return labels != null && "true".equals(labels.get(Labels.INPUT));
  }

  private static boolean isBinary(ConfigMap configMap, String key) {
    return configMap.getBinaryData() != null && configMap.getBinaryData().containsKey(key);
  }

  /** The same whether it is not there or not to be read: the submitter learns nothing of it. */
  private static Acceptance.Waiting noInput(String configMap, String namespace) {
    return new Acceptance.Waiting(
        Reason.ConfigMapNotFound,
        "No ConfigMap \"%s\" with the label %s: \"true\" in namespace \"%s\"; the job is accepted when there is one. Its author sets the label, and says with it that jobs may have it as their input."
            .formatted(configMap, Labels.INPUT, namespace));
  }

  private static Acceptance.Waiting noInputKey(String configMap, String namespace, String key) {
    return new Acceptance.Waiting(
        Reason.ConfigMapKeyNotFound,
        "ConfigMap \"%s\" in namespace \"%s\" has no key \"%s\" with the input; the job is accepted when it has."
            .formatted(configMap, namespace, key));
  }

  private static Acceptance.Waiting missing(String configMap, String namespace, String what) {
    return new Acceptance.Waiting(
        Reason.ConfigMapNotFound,
        "ConfigMap \"%s\" with %s not found in namespace \"%s\"; the job is accepted when it is there."
            .formatted(configMap, what, namespace));
  }

  private static Acceptance.Waiting missingKey(
      String configMap, String namespace, String key, String what, Map<String, String> data) {
    return new Acceptance.Waiting(
        Reason.ConfigMapKeyNotFound,
        "ConfigMap \"%s\" in namespace \"%s\" has no key \"%s\" with %s; its keys are: %s."
            .formatted(configMap, namespace, key, what, String.join(", ", data.keySet())));
  }
}
