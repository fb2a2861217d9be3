package dev.batchapi.operator.pod;

import com.fasterxml.jackson.databind.JsonNode;
import dev.batchapi.contract.PodFiles;
import dev.batchapi.contract.RunSpec.Language;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The container with the author's code: what it is unless they say otherwise, and what it must be.
 */
public final class HandlerContainer {
  public static final String NAME = "handler";

  /**
   * How long the host looks for its worker, which starts before it: longer than the worker waits
   * for the host, so that the worker has the last word.
   */
  private static final int CONNECT_SECONDS = WorkerContainer.HOST_WAIT_SECONDS + 60;

  private static final String USER_NAME = "batchapi";

  private HandlerContainer() {}

  /**
   * What the author's template is laid over.
   *
   * @param template the author's
   */
  static Container byDefault(PodPlan plan, JsonNode template) {
    return new ContainerBuilder()
        .withName(NAME)
        .withStartupProbe(
            hasStartupProbe(template) ? null : WorkerContainer.startup(WorkerContainer.HOST_PORT))
        .withEnv(defaultEnvironment(plan))
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

  /** Two kinds of probe in one are none. */
  private static boolean hasStartupProbe(JsonNode template) {
    for (var container : template.path("spec").path("containers")) {
      if (container.path("name").asText().equals(NAME)) {
        return container.hasNonNull("startupProbe");
      }
    }
    return false;
  }

  /** What is laid over the author's template. */
  static Container always(PodPlan plan) {
    return new ContainerBuilder()
        .withName(NAME)
        .withImage(plan.handlerImage())
        .withCommand(command(plan))
        .withEnv(KubernetesJson.models(plan.env(), EnvVar.class))
        .withResources(resources(plan))
        .withVolumeMounts(PodVolumes.ofHandler(plan))
        .build();
  }

  private static List<EnvVar> defaultEnvironment(PodPlan plan) {
    var env = new ArrayList<EnvVar>();
    // The user has no entry in the image's passwd, and nothing else can be written to. Libraries
    // ask for a name there is, and fail without one (Python's getpass.getuser).
    env.add(new EnvVar("HOME", PodFiles.TMP, null));
    env.add(new EnvVar("USER", USER_NAME, null));
    env.add(new EnvVar("LOGNAME", USER_NAME, null));
    if (plan.language() == Language.PYTHON) {
      env.add(new EnvVar("PYTHONDONTWRITEBYTECODE", "1", null));
      env.add(new EnvVar("PYTHONUNBUFFERED", "1", null));
    } else if (Boolean.TRUE.equals(plan.tellsOrigin()) && plan.statsdSocket() == null) {
      env.add(WorkerContainer.entity()); // The Java host sends by itself, but to a socket.
    }
    return env;
  }

  private static List<String> command(PodPlan plan) {
    var command = new ArrayList<String>();
    switch (plan.language()) {
      case JAVA -> command.addAll(List.of("/bin/sh", PodFiles.JAVA_HOST));
      case PYTHON -> {
        var host = Objects.requireNonNull(plan.pythonHost());
        var start = Objects.requireNonNull(plan.pythonStart());
        command.addAll(List.of("python3", "-u", "-c", escaped(start)));
        command.addAll(List.of("--host", PodFiles.HOST_FOLDER));
        command.addAll(List.of("--host-from", PodFiles.FROZEN_HOST_FOLDER));
        command.addAll(List.of("--host-digest", host.digest()));
      }
    }
    if (plan.code() != null) {
      command.addAll(List.of("--code-from", PodFiles.FROZEN_CODE_FOLDER));
      command.addAll(List.of("--code-digest", plan.code().digest()));
    }
    command.addAll(List.of("--socket", PodFiles.SOCKET));
    command.addAll(List.of("--code", PodFiles.CODE_FOLDER));
    command.addAll(List.of("--connect-seconds", Integer.toString(CONNECT_SECONDS)));
    return command;
  }

  /** Kubelet puts variables in place of {@code $(NAME)}, also in commands. */
  private static String escaped(String text) {
    return text.replace("$(", "$$(");
  }

  private static @Nullable ResourceRequirements resources(PodPlan plan) {
    return plan.resources() == null
        ? null
        : KubernetesJson.model(KubernetesJson.tree(plan.resources()), ResourceRequirements.class);
  }
}
