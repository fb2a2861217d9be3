package dev.batchapi.operator.pod;

import dev.batchapi.contract.PodFiles;
import dev.batchapi.contract.WorkerVariable;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvFromSourceBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The container that leases batches and commits their outcomes. All of it is ours. */
public final class WorkerContainer {
  public static final String NAME = "worker";

  /** Open from the moment the handler is constructed until the worker ends. */
  static final int READY_PORT = 7070;

  /** Open from the moment it has reached the queue. */
  private static final int QUEUE_PORT = 7071;

  /** Open from the moment the handler's process has connected to it. */
  static final int HOST_PORT = 7072;

  /** A day, in seconds: what it waits for may come late, and until then a probe only says so. */
  private static final int FOR_LONG = 86_400;

  /** How long the handler's container may take to connect, the pull of its image included. */
  static final int HOST_WAIT_SECONDS = 900;

  /** What the worker needs from the end of its last batch to its own end. */
  private static final int LAST_SECONDS = 10;

  private static final int LONGEST_GRACE_SECONDS = 86_400;
  private static final String READY = "ready";

  private WorkerContainer() {}

  /**
   * The container that leases batches and hands them to the handler's.
   *
   * @param graceSeconds the pod's
   * @param user whom it runs as; null: whom the image or the platform says
   */
  static Container of(FrozenJob job, long graceSeconds, @Nullable Long user) {
    return new ContainerBuilder()
        .withName(NAME)
        .withImage(job.pod().workerImage())
        .withImagePullPolicy("IfNotPresent")
        .withCommand(PodFiles.JAVA, arguments(job.pod()))
        .withEnvFrom(storage(job.pod().storageSecret()))
        .withEnv(environment(job, graceSeconds))
        .addNewPort()
        .withName(READY)
        .withContainerPort(READY_PORT)
        .endPort()
        .withStartupProbe(startup(QUEUE_PORT))
        .withNewReadinessProbe()
        .withNewTcpSocket()
        .withPort(new IntOrString(READY))
        .endTcpSocket()
        .withPeriodSeconds(1)
        .withFailureThreshold(1)
        .endReadinessProbe()
        .withSecurityContext(restricted(user))
        // A JVM that dies leaves no message; its last lines say more than its exit code.
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withVolumeMounts(PodVolumes.ofWorker(job.pod()))
        .build();
  }

  private static String arguments(PodPlan plan) {
    if ((plan.split() != null && plan.split().hasFiles()) || plan.output() != null) {
      return PodFiles.FILES_WORKER_ARGUMENTS;
    }
    return plan.statsdSocket() == null ? PodFiles.WORKER_ARGUMENTS : PodFiles.UNIX_WORKER_ARGUMENTS;
  }

  /** All keys of the Secret with which stores are read; our own variables win. */
  static List<EnvFromSource> storage(@Nullable String secret) {
    return secret == null
        ? List.of()
        : List.of(
            new EnvFromSourceBuilder().withNewSecretRef().withName(secret).endSecretRef().build());
  }

  /**
   * What the restricted Pod Security Standard asks for, and a root that is read-only.
   *
   * @param user whom it runs as; null: whom the pod, the image or the platform says
   */
  static SecurityContext restricted(@Nullable Long user) {
    return new SecurityContextBuilder()
        .withRunAsNonRoot(true)
        .withRunAsUser(user)
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withNewCapabilities()
        .addToDrop("ALL")
        .endCapabilities()
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .build();
  }

  /** Says that a container is as far as a port of the worker's shows. */
  static Probe startup(int port) {
    return new ProbeBuilder()
        .withNewTcpSocket()
        .withPort(new IntOrString(port))
        .endTcpSocket()
        .withPeriodSeconds(1)
        .withFailureThreshold(FOR_LONG)
        .build();
  }

  /** What it has, unless the operator's settings or the author say otherwise. */
  static ResourceRequirements byDefault(Map<String, String> settings) {
    return byDefault(settings, "96Mi");
  }

  /**
   * The same for another container of ours.
   *
   * @param memory what it takes in the ordinary case
   */
  static ResourceRequirements byDefault(Map<String, String> settings, String memory) {
    // No limit of CPU: starting a JVM takes twice as long below half a core.
    var resources =
        new ResourceRequirementsBuilder()
            .addToRequests("cpu", new Quantity("50m"))
            .addToRequests("memory", new Quantity(memory))
            .addToLimits("memory", new Quantity("256Mi"));
    settings.forEach(
        (name, amount) -> {
          var resource = name.substring(name.indexOf('.') + 1);
          if (name.startsWith("requests.")) {
            resources.addToRequests(resource, new Quantity(amount));
          } else {
            resources.addToLimits(resource, new Quantity(amount));
          }
        });
    return resources.build();
  }

  private static List<EnvVar> environment(FrozenJob job, long graceSeconds) {
    var plan = job.pod();
    var grace = Math.clamp(graceSeconds - LAST_SECONDS, 0, LONGEST_GRACE_SECONDS);
    var env = new ArrayList<EnvVar>();
    env.add(variable(WorkerVariable.RUN, PodFiles.RUN));
    env.add(variable(WorkerVariable.RUN_DIGEST, job.runDigest()));
    if (plan.code() != null) {
      env.add(variable(WorkerVariable.CODE, PodFiles.FROZEN_CODE_FOLDER));
      env.add(variable(WorkerVariable.CODE_DIGEST, plan.code().digest()));
    }
    if (plan.pythonHost() != null) {
      env.add(variable(WorkerVariable.PYTHON_HOST, PodFiles.FROZEN_HOST_FOLDER));
      env.add(variable(WorkerVariable.PYTHON_HOST_DIGEST, plan.pythonHost().digest()));
    }
    env.add(variable(WorkerVariable.SOCKET, PodFiles.SOCKET));
    env.add(variable(WorkerVariable.NATS_URL, plan.natsUrl()));
    env.add(variable(WorkerVariable.NATS_CREDENTIALS, PodFiles.CREDENTIALS));
    if (plan.statsdSocket() != null) {
      env.add(variable(WorkerVariable.STATSD, plan.statsdSocket().addressOfWorker()));
    } else if (plan.statsd() != null && !StatsdSocket.isSocket(plan.statsd())) {
      env.add(variable(WorkerVariable.STATSD, plan.statsd()));
    }
    if (plan.statsdFlavour() != null) {
      env.add(
          variable(
              WorkerVariable.STATSD_FLAVOUR, plan.statsdFlavour().name().toLowerCase(Locale.ROOT)));
    }
    if (Boolean.TRUE.equals(plan.tellsOrigin())) {
      env.add(entity());
    }
    env.add(variable(WorkerVariable.LEASE_SECONDS, plan.leaseSeconds()));
    env.add(variable(WorkerVariable.HOST_WAIT_SECONDS, HOST_WAIT_SECONDS));
    env.add(variable(WorkerVariable.GRACE_SECONDS, grace));
    env.add(variable(WorkerVariable.READY_PORT, READY_PORT));
    env.add(variable(WorkerVariable.QUEUE_PORT, QUEUE_PORT));
    env.add(variable(WorkerVariable.HOST_PORT, HOST_PORT));
    env.addAll(StorageMounts.environment(plan.storage(), plan.speaksToStores()));
    env.add(variable("HOME", PodFiles.TMP));
    return env;
  }

  /** By this Datadog's client tells the agent which pod it is in. */
  static EnvVar entity() {
    return new EnvVarBuilder()
        .withName("DD_ENTITY_ID")
        .withNewValueFrom()
        .withNewFieldRef()
        .withFieldPath("metadata.uid")
        .endFieldRef()
        .endValueFrom()
        .build();
  }

  private static EnvVar variable(String name, Object value) {
    return new EnvVar(name, value.toString(), null);
  }
}
