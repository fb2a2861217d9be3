package dev.batchapi.operator.pod;

import com.fasterxml.jackson.databind.JsonNode;
import dev.batchapi.contract.PodFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a BatchAPI's pod settings may not say, because the pod would not be a worker's then. */
final class PodTemplateRules {
  private static final String RESERVED_VARIABLES = "BATCHAPI_";

  private static final Set<String> WORKERS_FIELDS = Set.of("name", "resources");
  private static final Set<String> METADATA = Set.of("labels", "annotations");

  /** Those of {@link Labels#ofJob}, and the Job controller's of old. */
  private static final Set<String> OUR_LABELS =
      Stream.concat(
              Labels.ofJob("", "", "").keySet().stream(), Stream.of("job-name", "controller-uid"))
          .collect(Collectors.toUnmodifiableSet());

  private static final Set<String> OUR_DOMAINS = Set.of("batchapi.dev", "batch.kubernetes.io");

  private PodTemplateRules() {}

  /**
   * Checks a job's pod settings.
   *
   * @throws PodTemplateException naming the field and the way out
   */
  static void check(PodPlan plan) {
    plan.env().forEach(variable -> variable("spec.env", variable.name()));
    WorkerPod.authors(plan);
    var template = KubernetesJson.tree(plan.template());
    metadata(template.path("metadata"));
    var spec = template.path("spec");
    if (spec.path("shareProcessNamespace").asBoolean()) {
      throw new PodTemplateException(
          "spec.template.spec.shareProcessNamespace cannot be true, for the handler must not see the"
              + " worker's process: leave it out.");
    }
    if (plan.storage() != null) {
      storage(plan.storage(), spec);
    }
    for (var volume : spec.path("volumes")) {
      volume("spec.template.spec.volumes", volume.path("name").asText());
    }
    for (var container : spec.path("initContainers")) {
      mounts(
          "spec.template.spec.initContainers[%s]".formatted(container.path("name").asText()),
          container);
    }
    for (var container : spec.path("containers")) {
      container(container);
    }
  }

  /** Ownership and finalizers of a pod are no author's; and by our labels the operator finds it. */
  private static void metadata(JsonNode metadata) {
    for (var field : metadata.properties()) {
      var path = "spec.template.metadata." + field.getKey();
      if (!METADATA.contains(field.getKey())) {
        throw new PodTemplateException(
            path + " cannot be set: of a pod's metadata only labels and annotations can.");
      }
      for (var entry : field.getValue().properties()) {
        if (isOurs(entry.getKey())) {
          throw new PodTemplateException(
              "%s has \"%s\", but that is the platform's: take another name."
                  .formatted(path, entry.getKey()));
        }
      }
    }
  }

  /** Of one thing in two places one would be lost silently. */
  private static void storage(FrozenStorage storage, JsonNode spec) {
    var account = storage.serviceAccountName();
    if (account != null
        && spec.hasNonNull("serviceAccountName")
        && !spec.path("serviceAccountName").asText().equals(account)) {
      throw new PodTemplateException(
          "spec.template.spec.serviceAccountName is \"%s\" and spec.storage.serviceAccountName is \"%s\", and a pod has one: leave one of them out."
              .formatted(spec.path("serviceAccountName").asText(), account));
    }
    for (var container : spec.path("containers")) {
      for (var mount : container.path("volumeMounts")) {
        var folder = Path.of("/", mount.path("mountPath").asText()).normalize();
        for (var volume : storage.volumes()) {
          if (folder.equals(Path.of(volume.mountPath()))) {
            throw new PodTemplateException(
                "spec.template.spec.containers[%s].volumeMounts has \"%s\", where volume \"%s\" of spec.storage is: mount it elsewhere."
                    .formatted(container.path("name").asText(), volume.mountPath(), volume.name()));
          }
        }
      }
    }
  }

  private static boolean isOurs(String name) {
    return OUR_LABELS.contains(name)
        || OUR_DOMAINS.stream().anyMatch(domain -> name.startsWith(domain + "/"));
  }

  private static void container(JsonNode container) {
    var name = container.path("name").asText();
    var path = "spec.template.spec.containers[%s]".formatted(name);
    if (name.equals(WorkerContainer.NAME)) {
      for (var field : container.properties()) {
        if (!WORKERS_FIELDS.contains(field.getKey())) {
          throw new PodTemplateException(
              path + " is the platform's own container: of it only resources can be set.");
        }
      }
      return;
    }
    if (!name.equals(HandlerContainer.NAME)) {
      throw new PodTemplateException(
          path
              + " would run beside handler and keep the pod from ending: put it into"
              + " spec.template.spec.initContainers with restartPolicy: Always.");
    }
    if (container.hasNonNull("image")) {
      throw new PodTemplateException(path + ".image has no effect: set spec.image instead.");
    }
    for (var field : List.of("command", "args")) {
      if (container.hasNonNull(field)) {
        throw new PodTemplateException(
            "%s.%s cannot be set, for the container runs the handler's host: leave it out."
                .formatted(path, field));
      }
    }
    for (var variable : container.path("env")) {
      variable(path + ".env", variable.path("name").asText());
    }
    mounts(path, container);
  }

  private static void mounts(String path, JsonNode container) {
    for (var mount : container.path("volumeMounts")) {
      volume(path + ".volumeMounts", mount.path("name").asText());
      var folder = mount.path("mountPath").asText();
      if (isOurFolder(folder)) {
        throw new PodTemplateException(
            "%s.volumeMounts has \"%s\", but /batchapi is the platform's: mount it elsewhere."
                .formatted(path, folder));
      }
    }
  }

  /** By the path that the kernel would make of it. */
  private static boolean isOurFolder(String folder) {
    var path = Path.of("/", folder).normalize();
    return path.getNameCount() == 0 || path.startsWith(PodFiles.FOLDER);
  }

  private static void volume(String path, String name) {
    if (name.startsWith(PodVolumes.RESERVED)) {
      throw new PodTemplateException(
          "%s has \"%s\", but volumes whose names begin with %s are the platform's: take another name."
              .formatted(path, name, PodVolumes.RESERVED));
    }
  }

  private static void variable(String path, String name) {
    if (name.startsWith(RESERVED_VARIABLES)) {
      throw new PodTemplateException(
          "%s has \"%s\", but variables whose names begin with %s are the platform's: take another name."
              .formatted(path, name, RESERVED_VARIABLES));
    }
  }
}
