package dev.batchapi.operator.pod;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.batchapi.contract.PodFiles;
import dev.batchapi.contract.WorkerVariable;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * The Job of one splitter or collector: one pod, once, as a worker's. All that it needs to know is
 * in its variables, so there is nothing else to believe. It runs where the author's template lets
 * workers run, and as whom.
 */
public final class ProgramJobs {
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

  /** By which it may read and write volumes. Its user is ours, as a worker's is. */
  private static final List<String> GROUPS =
      List.of(
          "fsGroup",
          "fsGroupChangePolicy",
          "runAsGroup",
          "supplementalGroups",
          "supplementalGroupsPolicy",
          "seLinuxOptions");

  private static final String CREDENTIALS = PodVolumes.RESERVED + "credentials";
  private static final String TMP = PodVolumes.RESERVED + "tmp";
  private static final String INPUT = PodVolumes.RESERVED + "frozen-input";

  /** What either takes, whatever the input: docs/benchmarks.md. */
  private static final String MEMORY = "128Mi";

  private static final int READABLE_BY_ALL = 0444;
  private static final long GRACE_SECONDS = 5;

  private ProgramJobs() {}

  /**
   * A program's Job.
   *
   * @param attempt how many came before it
   * @param fruitless how many of them in a row ended for nothing, by their own fault
   * @throws PodTemplateException if no pod can be made of the BatchAPI's template
   */
  public static Job of(ProgramPlan plan, int attempt, int fruitless) {
    var job =
        new JobBuilder()
            .withNewMetadata()
            .withName(plan.program().jobName(plan.job().name(), attempt))
            .withNamespace(plan.job().namespace())
            .withLabels(labels(plan))
            .addToAnnotations(Labels.ARGUMENTS, plan.fingerprint())
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

  /**
   * The credentials of a job's splitters, or collectors. Made anew before they end, so it can be
   * changed.
   */
  public static Secret credentials(
      Program program, JobId job, String api, String credentials, Instant expires) {
    var bytes = credentials.getBytes(StandardCharsets.UTF_8);
    return new SecretBuilder()
        .withNewMetadata()
        .withName(program.credentials(job))
        .withNamespace(job.namespace())
        .withLabels(labels(program, job, api))
        .addToAnnotations(FrozenObjects.EXPIRES, expires.toString())
        .withOwnerReferences(job.owner())
        .endMetadata()
        .withType("Opaque")
        .addToData(PodFiles.CREDENTIALS_FILE, Base64.getEncoder().encodeToString(bytes))
        .build();
  }

  private static Map<String, String> labels(ProgramPlan plan) {
    return labels(plan.program(), plan.job(), plan.api());
  }

  private static Map<String, String> labels(Program program, JobId job, String api) {
    var labels = Labels.ofJob(api, job.name(), job.uid());
    labels.put("app.kubernetes.io/component", program.title());
    return labels;
  }

  private static ObjectNode pod(ProgramPlan plan, int attempt) {
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
                .withServiceAccountName(
                    plan.storage() == null ? null : plan.storage().serviceAccountName())
                .withContainers(container(plan, attempt))
                .withVolumes(volumes(plan))
                .endSpec()
                .build());
    var authors = JsonNodeFactory.instance.objectNode();
    for (var field : FROM_TEMPLATE) {
      if (template.hasNonNull(field)) {
        authors.withObject("/spec").set(field, template.get(field));
      }
    }
    for (var field : GROUPS) {
      var value = template.path("securityContext").path(field);
      if (!value.isMissingNode() && !value.isNull()) {
        authors.withObject("/spec/securityContext").set(field, value);
      }
    }
    var pod = Layers.merge(authors, ours);
    WorkerPod.leaveUnreachableNodes(pod);
    return pod;
  }

  private static Container container(ProgramPlan plan, int attempt) {
    return new ContainerBuilder()
        .withName(plan.program().title())
        .withImage(plan.image())
        .withImagePullPolicy("IfNotPresent")
        .withCommand(PodFiles.JAVA, plan.program().command)
        .withEnvFrom(WorkerContainer.storage(plan.storageSecret()))
        .withEnv(
            variable(plan.program().argumentsVariable, plan.arguments()),
            variable(plan.program().jobVariable, plan.job().uid()),
            variable(plan.program().attemptVariable, Integer.toString(attempt)),
            variable(WorkerVariable.NATS_URL, plan.natsUrl()),
            variable(WorkerVariable.NATS_CREDENTIALS, PodFiles.CREDENTIALS),
            variable("HOME", PodFiles.TMP))
        .addAllToEnv(StorageMounts.environment(plan.storage(), true))
        .withResources(WorkerContainer.byDefault(plan.resources(), MEMORY))
        .withSecurityContext(WorkerContainer.restricted(null))
        // A JVM that dies leaves no message; its last lines say more than its exit code.
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withVolumeMounts(mounts(plan))
        .build();
  }

  private static List<Volume> volumes(ProgramPlan plan) {
    var volumes = new ArrayList<Volume>();
    volumes.add(
        new VolumeBuilder()
            .withName(CREDENTIALS)
            .withNewSecret()
            .withSecretName(plan.program().credentials(plan.job()))
            .withDefaultMode(READABLE_BY_ALL)
            .endSecret()
            .build());
    // A splitter's list of a million files and a collector's large results are there.
    volumes.add(PodVolumes.folder(TMP, PodVolumes.LARGE_RESULTS_SIZE));
    if (plan.input() != null) {
      volumes.add(PodVolumes.files(INPUT, plan.input().configMap(), PodFiles.FROZEN_INPUT_FILE));
    }
    volumes.addAll(StorageMounts.volumes(plan.storage(), true));
    return volumes;
  }

  private static List<VolumeMount> mounts(ProgramPlan plan) {
    var mounts = new ArrayList<VolumeMount>();
    mounts.add(PodVolumes.mount(CREDENTIALS, PodFiles.CREDENTIALS_FOLDER, true));
    mounts.add(PodVolumes.mount(TMP, PodFiles.TMP, false));
    if (plan.input() != null) {
      mounts.add(PodVolumes.mount(INPUT, PodFiles.FROZEN_INPUT_FOLDER, true));
    }
    mounts.addAll(StorageMounts.ofOurs(plan.storage(), true));
    return mounts;
  }

  /** A dollar is written twice: Kubernetes would take {@code $(NAME)} for a variable's value. */
  private static EnvVar variable(String name, String value) {
    return new EnvVar(name, value.replace("$", "$$"), null);
  }
}
