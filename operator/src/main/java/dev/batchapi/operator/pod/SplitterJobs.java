package dev.batchapi.operator.pod;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.batchapi.contract.PodFiles;
import dev.batchapi.contract.SplitterVariable;
import dev.batchapi.contract.WorkerVariable;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * The Job of one splitter: one pod, once, as a worker's. All that it needs to know is in its
 * variables, so there is nothing else to believe. It runs where the author's template lets workers
 * run, and as whom.
 */
public final class SplitterJobs {
  /** The container's name. */
  public static final String CONTAINER = "splitter";

  /** What of the author's template has a meaning for a pod that is not theirs. */
  private static final List<String> FROM_TEMPLATE =
      List.of(
          "imagePullSecrets",
          "nodeSelector",
          "tolerations",
          "affinity",
          "priorityClassName",
          "runtimeClassName",
          "serviceAccountName");

  private static final String CREDENTIALS = PodVolumes.RESERVED + "credentials";
  private static final String TMP = PodVolumes.RESERVED + "tmp";
  private static final String TMP_SIZE = "16Mi";
  private static final int READABLE_BY_ALL = 0444;
  private static final long GRACE_SECONDS = 5;

  private SplitterJobs() {}

  /**
   * A splitter's Job.
   *
   * @param attempt how many came before it
   * @param fruitless how many of them in a row ended for nothing, by their own fault
   * @throws PodTemplateException if no pod can be made of the BatchAPI's template
   */
  public static Job of(SplitPlan plan, int attempt, int fruitless) {
    var job =
        new JobBuilder()
            .withNewMetadata()
            .withName(Names.splitterJob(plan.job().name(), attempt))
            .withNamespace(plan.job().namespace())
            .withLabels(labels(plan))
            .addToAnnotations(Labels.SPLIT_ARGUMENTS, plan.fingerprint())
            .addToAnnotations(Labels.FRUITLESS, Integer.toString(fruitless))
            .withOwnerReferences(plan.job().owner())
            .endMetadata()
            .withNewSpec()
            .withParallelism(1)
            .withCompletions(1)
            .withBackoffLimit(0)
            .endSpec()
            .build();
    var tree = KubernetesJson.tree(job);
    tree.withObject("/spec").set("template", pod(plan, attempt));
    return KubernetesJson.model(tree, Job.class);
  }

  /** The credentials of a job's splitters. Made anew before they end, so it can be changed. */
  public static Secret credentials(SplitPlan plan, String credentials, Instant expires) {
    var bytes = credentials.getBytes(StandardCharsets.UTF_8);
    return new SecretBuilder()
        .withNewMetadata()
        .withName(Names.splitterCredentials(plan.job().name(), plan.job().uid()))
        .withNamespace(plan.job().namespace())
        .withLabels(labels(plan))
        .addToAnnotations(FrozenObjects.EXPIRES, expires.toString())
        .withOwnerReferences(plan.job().owner())
        .endMetadata()
        .withType("Opaque")
        .addToData(PodFiles.CREDENTIALS_FILE, Base64.getEncoder().encodeToString(bytes))
        .build();
  }

  private static Map<String, String> labels(SplitPlan plan) {
    var labels = Labels.ofJob(plan.api(), plan.job().name(), plan.job().uid());
    labels.put("app.kubernetes.io/component", CONTAINER);
    return labels;
  }

  private static ObjectNode pod(SplitPlan plan, int attempt) {
    var template = KubernetesJson.tree(plan.template()).path("spec");
    var ours =
        KubernetesJson.tree(
            new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(labels(plan))
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .withTerminationGracePeriodSeconds(GRACE_SECONDS)
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withSecurityContext(WorkerPod.security(template.path("securityContext")))
                .withContainers(container(plan, attempt))
                .withVolumes(
                    new VolumeBuilder()
                        .withName(CREDENTIALS)
                        .withNewSecret()
                        .withSecretName(
                            Names.splitterCredentials(plan.job().name(), plan.job().uid()))
                        .withDefaultMode(READABLE_BY_ALL)
                        .endSecret()
                        .build(),
                    PodVolumes.folder(TMP, TMP_SIZE))
                .endSpec()
                .build());
    var authors = JsonNodeFactory.instance.objectNode();
    for (var field : FROM_TEMPLATE) {
      if (template.hasNonNull(field)) {
        authors.withObject("/spec").set(field, template.get(field));
      }
    }
    var pod = Layers.merge(authors, ours);
    WorkerPod.leaveUnreachableNodes(pod);
    return pod;
  }

  private static Container container(SplitPlan plan, int attempt) {
    return new ContainerBuilder()
        .withName(CONTAINER)
        .withImage(plan.image())
        .withImagePullPolicy("IfNotPresent")
        .withCommand(PodFiles.JAVA, PodFiles.SPLITTER_ARGUMENTS)
        .withEnvFrom(WorkerContainer.storage(plan.storageSecret()))
        .withEnv(
            variable(SplitterVariable.ARGUMENTS, plan.arguments()),
            variable(SplitterVariable.JOB, plan.job().uid()),
            variable(SplitterVariable.ATTEMPT, Integer.toString(attempt)),
            variable(WorkerVariable.NATS_URL, plan.natsUrl()),
            variable(WorkerVariable.NATS_CREDENTIALS, PodFiles.CREDENTIALS),
            variable("HOME", PodFiles.TMP))
        .withResources(WorkerContainer.byDefault(plan.resources()))
        .withSecurityContext(WorkerContainer.restricted(null))
        // A JVM that dies leaves no message; its last lines say more than its exit code.
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withVolumeMounts(
            PodVolumes.mount(CREDENTIALS, PodFiles.CREDENTIALS_FOLDER, true),
            PodVolumes.mount(TMP, PodFiles.TMP, false))
        .build();
  }

  /** A dollar is written twice: Kubernetes would take {@code $(NAME)} for a variable's value. */
  private static EnvVar variable(String name, String value) {
    return new EnvVar(name, value.replace("$", "$$"), null);
  }
}
