package dev.batchapi.operator.pod;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The pod of a worker, in three layers, of which the later one wins:
 *
 * <ol>
 *   <li>What we think best: 60 s of grace, no service account token, no service links, the
 *       restricted Pod Security Standard as user 65532 with a read-only root, {@code HOME} and
 *       {@code /tmp} to write to.
 *   <li>The author's {@code template}: node selector, tolerations, affinity, priority class,
 *       service account, init containers (also those that stay, with {@code restartPolicy:
 *       Always}), volumes, labels; of the container {@code handler} its environment, mounts, ports,
 *       probes and security context; of the container {@code worker} its resources. Whoever sets
 *       {@code securityContext.runAsNonRoot} or {@code runAsUser} for the pod says alone who it
 *       runs as.
 *   <li>The BatchAPI's {@code image}, {@code env} and {@code resources}, and what the protocol
 *       needs: its volumes and its service account, the container {@code worker}, the handler's
 *       command and mounts, {@code restartPolicy: Never}, our labels.
 * </ol>
 *
 * <p>What would be lost silently, or would break the protocol, {@link PodTemplateRules} refuses.
 */
final class WorkerPod {
  private static final String DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";
  private static final long GRACE_SECONDS = 60;

  /** As in the images without a root that people know; it needs no entry in the image's passwd. */
  private static final long USER = 65532;

  /** Another one, so that the handler can't read the worker's credentials under /proc. */
  private static final long WORKERS_USER = 65531;

  private static final String TMP_SIZE = "10Gi";

  private static final String UNREACHABLE = "node.kubernetes.io/unreachable";

  /** Kubernetes itself has waited for 40 to 50 s by then; its own default is five minutes more. */
  private static final long UNREACHABLE_SECONDS = 5;

  private WorkerPod() {}

  /** The pod template, with what the author wrote as they wrote it. */
  static ObjectNode of(FrozenJob job, Map<String, String> labels) {
    var authors = authors(job.pod());
    var pod = Layers.merge(authors, KubernetesJson.tree(always(job, labels, authors)));
    leaveUnreachableNodes(pod);
    return pod;
  }

  /**
   * From a node that does not answer a pod goes at once, where its author does not say otherwise:
   * its worker may not even have started, and nothing else tells that it is gone.
   */
  static void leaveUnreachableNodes(ObjectNode pod) {
    var tolerations = pod.withObject("/spec").withArrayProperty("tolerations");
    for (var toleration : tolerations) {
      if (!toleration.hasNonNull("key") || toleration.path("key").asText().equals(UNREACHABLE)) {
        return;
      }
    }
    tolerations.add(
        KubernetesJson.tree(
            new TolerationBuilder()
                .withKey(UNREACHABLE)
                .withOperator("Exists")
                .withEffect("NoExecute")
                .withTolerationSeconds(UNREACHABLE_SECONDS)
                .build()));
  }

  /**
   * The first two layers.
   *
   * @throws PodTemplateException if the author's has not the shape of a pod
   */
  static ObjectNode authors(PodPlan plan) {
    var template = KubernetesJson.tree(plan.template());
    return Layers.authors(
        template, KubernetesJson.tree(byDefault(plan, template)), "spec.template");
  }

  private static PodTemplateSpec byDefault(PodPlan plan, JsonNode template) {
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .addToAnnotations(DEFAULT_CONTAINER, HandlerContainer.NAME)
        .addToAnnotations(withoutIdentity(plan, template))
        .addToLabels(Labels.MANAGED_BY, Labels.OPERATOR)
        .endMetadata()
        .withNewSpec()
        .withTerminationGracePeriodSeconds(GRACE_SECONDS)
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withSecurityContext(security(template.path("spec").path("securityContext")))
        .withInitContainers(initContainers(template))
        // The worker's image is pulled and its container started first.
        .addNewContainer()
        .withName(WorkerContainer.NAME)
        .withResources(WorkerContainer.byDefault(workerResources(plan)))
        .endContainer()
        .addToContainers(HandlerContainer.byDefault(plan, template))
        .withVolumes(PodVolumes.folder(PodVolumes.TMP, TMP_SIZE))
        .endSpec()
        .build();
  }

  /** What AWS and Azure would otherwise put into each container of the pod is for ours alone. */
  private static Map<String, String> withoutIdentity(PodPlan plan, JsonNode template) {
    if (plan.storage() == null || plan.storage().serviceAccountName() == null) {
      return Map.of();
    }
    var names = new ArrayList<>(List.of(HandlerContainer.NAME));
    for (var container : template.path("spec").path("initContainers")) {
      names.add(container.path("name").asText());
    }
    // In an order, for it stands in a Job that has to be the same each time.
    return new TreeMap<>(
        Map.of(
            "eks.amazonaws.com/skip-containers", String.join(",", names),
            "azure.workload.identity/skip-containers", String.join(";", names)));
  }

  private static Map<String, String> workerResources(PodPlan plan) {
    return plan.workerResources() == null ? Map.of() : plan.workerResources();
  }

  private static PodTemplateSpec always(
      FrozenJob job, Map<String, String> labels, ObjectNode authors) {
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .withLabels(labels)
        .endMetadata()
        .withNewSpec()
        .withRestartPolicy("Never")
        .withServiceAccountName(
            job.pod().storage() == null ? null : job.pod().storage().serviceAccountName())
        .withContainers(
            WorkerContainer.of(job, graceSeconds(authors), workersUser(authors)),
            HandlerContainer.always(job.pod()))
        .withVolumes(PodVolumes.of(job))
        .endSpec()
        .build();
  }

  static PodSecurityContext security(JsonNode authors) {
    var restricted =
        new PodSecurityContextBuilder()
            .withNewSeccompProfile()
            .withType("RuntimeDefault")
            .endSeccompProfile();
    return authors.hasNonNull("runAsNonRoot") || authors.hasNonNull("runAsUser")
        ? restricted.build()
        : restricted.withRunAsNonRoot(true).withRunAsUser(USER).build();
  }

  /** What an init container needs in a restricted namespace and nobody thinks of. */
  private static List<Container> initContainers(JsonNode template) {
    var containers = new ArrayList<Container>();
    for (var container : template.path("spec").path("initContainers")) {
      if (container.path("name").isTextual()) {
        containers.add(
            new ContainerBuilder()
                .withName(container.path("name").asText())
                // Its last lines say more than its exit code, and stand in the BatchJob's status.
                .withTerminationMessagePolicy("FallbackToLogsOnError")
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withNewCapabilities()
                .addToDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .build());
      }
    }
    return containers;
  }

  /** Null where the author leaves it to the platform: some let nobody choose. */
  private static @Nullable Long workersUser(ObjectNode authors) {
    return authors.path("spec").path("securityContext").hasNonNull("runAsUser")
        ? WORKERS_USER
        : null;
  }

  private static long graceSeconds(ObjectNode authors) {
    return authors.path("spec").path("terminationGracePeriodSeconds").asLong(GRACE_SECONDS);
  }
}
