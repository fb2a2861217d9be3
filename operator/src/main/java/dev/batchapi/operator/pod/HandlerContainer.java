package dev.batchapi.operator.pod;

import dev.batchapi.crds.run.RunSpec.Language;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The container with the author's code: what it is unless he says otherwise, and what it must be.
 */
final class HandlerContainer {
  static final String NAME = "handler";

  /**
   * How long the host looks for its worker, which starts before it: longer than the worker waits
   * for the host, so that the worker has the last word.
   */
  private static final int CONNECT_SECONDS = WorkerContainer.HOST_WAIT_SECONDS + 60;

  private HandlerContainer() {}

  /** What the author's template is laid over. */
  static Container byDefault(PodPlan plan) {
    return new ContainerBuilder()
        .withName(NAME)
        .withEnv(defaultEnvironment(plan.language()))
        .withResources(new ResourceRequirements(null, Map.of(), Map.of()))
        .withNewSecurityContext()
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withNewCapabilities()
        .addToDrop("ALL")
        .endCapabilities()
        .endSecurityContext()
        // What a handler's process says before it dies is what the BatchJob's status can say of it.
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withVolumeMounts(PodVolumes.mount(PodVolumes.TMP, PodFiles.TMP, false))
        .build();
  }

  /** What is laid over the author's template. */
  static Container always(PodPlan plan) {
    return new ContainerBuilder()
        .withName(NAME)
        .withImage(plan.handlerImage())
        .withCommand(command(plan.language()))
        .withEnv(KubernetesJson.models(plan.env(), EnvVar.class))
        .withResources(resources(plan))
        .withVolumeMounts(PodVolumes.ofHandler(plan))
        .build();
  }

  private static List<EnvVar> defaultEnvironment(Language language) {
    var env = new ArrayList<EnvVar>();
    // The user has no entry in the image's passwd, and nothing else can be written to.
    env.add(new EnvVar("HOME", PodFiles.TMP, null));
    if (language == Language.PYTHON) {
      env.add(new EnvVar("PYTHONDONTWRITEBYTECODE", "1", null));
      env.add(new EnvVar("PYTHONUNBUFFERED", "1", null));
    }
    return env;
  }

  private static List<String> command(Language language) {
    var command =
        new ArrayList<>(
            switch (language) {
              case JAVA -> List.of(PodFiles.JAVA, PodFiles.HOST_ARGUMENTS);
              case PYTHON -> List.of("python3", "-u", PodFiles.HOST_FOLDER + "/batchapi_start.py");
            });
    command.addAll(
        List.of(
            "--socket",
            PodFiles.SOCKET,
            "--code",
            PodFiles.CODE_FOLDER,
            "--connect-seconds",
            Integer.toString(CONNECT_SECONDS)));
    return command;
  }

  private static @Nullable ResourceRequirements resources(PodPlan plan) {
    return plan.resources() == null
        ? null
        : KubernetesJson.model(KubernetesJson.tree(plan.resources()), ResourceRequirements.class);
  }
}
