package dev.batchapi.operator.job;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.BatchRules;
import dev.batchapi.crds.Condition;
import dev.batchapi.crds.JobOverrides;
import dev.batchapi.crds.Limits;
import dev.batchapi.crds.Problem;
import dev.batchapi.crds.run.CodeFiles;
import dev.batchapi.crds.run.RunSpec;
import dev.batchapi.operator.OperatorSettings;
import dev.batchapi.operator.kube.NamespaceLevels;
import dev.batchapi.operator.pod.FrozenFiles;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.FrozenObjects;
import dev.batchapi.operator.pod.JobId;
import dev.batchapi.operator.pod.Names;
import dev.batchapi.operator.pod.PodPlans;
import dev.batchapi.operator.pod.PodSecurity;
import dev.batchapi.operator.pod.PodTemplateException;
import dev.batchapi.operator.pod.PythonHost;
import dev.batchapi.operator.pod.TamperedException;
import dev.batchapi.operator.status.Conditions;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.input.Input;
import dev.batchapi.queue.input.InputException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Accepts a job: freezes its BatchAPI, its code and its input as they are now, in ConfigMaps of the
 * job's namespace. What counts is the digest of all that in the BatchJob's status, which is written
 * after them: without it they mean nothing, whoever made them, and with it they are believed only
 * as long as they match.
 */
final class Acceptance {
  /** A BatchAPI of the same file is checked in this time. */
  private static final Duration CHECKED_SOON = Duration.ofSeconds(3);

  private final OperatorSettings settings;
  private final Optional<PythonHost> pythonHost;
  private final Credentials credentials;
  private final NamespaceLevels levels;

  Acceptance(
      OperatorSettings settings,
      Optional<PythonHost> pythonHost,
      Credentials credentials,
      NamespaceLevels levels) {
    this.settings = settings;
    this.pythonHost = pythonHost;
    this.credentials = credentials;
    this.levels = levels;
  }

  /** What became of it. */
  sealed interface Result {}

  /** The job can run. */
  record Accepted(FrozenJob job) implements Result {}

  /** Something is missing that may still come. */
  record Waiting(String reason, String message) implements Result {}

  /** What it needs is being checked at this moment. */
  record Soon() implements Result {}

  /** The job can never run. */
  record Rejected(String reason, String message) implements Result {}

  /** Ends an acceptance early. */
  private static final class Stop extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Result result;

    Stop(Result result) {
      super(null, null, false, false);
      this.result = result;
    }
  }

  /** Whether the job was accepted, by this process or another one. */
  static boolean isAccepted(BatchJob job) {
    return job.getStatus() != null && job.getStatus().acceptedTime() != null;
  }

  /**
   * The job as it was accepted before.
   *
   * @throws TamperedException if anything of it is gone or was replaced
   * @throws PodTemplateException if this operator's rules for pods do not allow it any more
   */
  FrozenJob before(BatchJob job, KubernetesClient client) {
    var id = JobId.of(job);
    var digest = job.getStatus().runDigest();
    if (digest == null) {
      throw new TamperedException(
          "The job was accepted by an earlier version, which did not bind it to what was frozen: submit it again.");
    }
    var frozen = FrozenObjects.read(id, digest, frozen(client, id, Names.run(id, digest)));
    PodSecurity.check(levels.of(id.namespace(), client), frozen);
    checkFiles(frozen, client);
    return frozen;
  }

  /** Makes sure of what pods mount, so that none waits for what is gone, or runs something else. */
  private void checkFiles(FrozenJob job, KubernetesClient client) {
    var code = job.pod().code();
    if (code != null) {
      FrozenObjects.check(frozen(client, job.id(), code.configMap()), code);
    }
    var host = job.pod().pythonHost();
    if (host != null) {
      pythonHost
          .filter(ours -> ours.frozen().equals(host))
          .ifPresentOrElse(
              ours -> createOrCheck(client, ours.configMap(job.namespace()), host),
              () -> FrozenObjects.check(frozen(client, job.id(), host.configMap()), host));
    }
  }

  private static ConfigMap frozen(KubernetesClient client, JobId id, String name) {
    return find(client, id.namespace(), name)
        .orElseThrow(
            () ->
                new TamperedException(
                    "ConfigMap \"%s\" in namespace \"%s\", which the operator made for the job, was deleted."
                        .formatted(name, id.namespace())));
  }

  Result accept(BatchJob job, @Nullable BatchApi api, KubernetesClient client, Instant now) {
    try {
      var usable = usable(job, api, now);
      return new Accepted(freeze(checked(JobInputs.whole(job, client)), usable, client, now));
    } catch (Stop stop) {
      return stop.result;
    } catch (PodTemplateException e) {
      return new Waiting("ApiNotReady", String.valueOf(e.getMessage()));
    } catch (InputException e) {
      return new Rejected("InputInvalid", String.valueOf(e.getMessage()));
    } catch (TamperedException e) {
      return new Rejected(Verdict.RunTampered.name(), String.valueOf(e.getMessage()));
    }
  }

  private static BatchApi usable(BatchJob job, @Nullable BatchApi api, Instant now) {
    if (api == null || api.getMetadata().getDeletionTimestamp() != null) {
      throw new Stop(
          new Waiting(
              "ApiNotFound",
              "BatchAPI \"%s\" not found in namespace \"%s\"; the job is accepted when it is there."
                  .formatted(job.getSpec().apiName(), job.getMetadata().getNamespace())));
    }
    refuse(
        BatchRules.checkApi(api.named()),
        message -> new Waiting("ApiNotReady", "BatchAPI \"%s\": %s".formatted(name(api), message)));
    checkReady(job, api, now);
    return api;
  }

  private static BatchJob checked(BatchJob job) {
    refuse(BatchRules.checkJob(job.named()), message -> new Rejected("SpecInvalid", message));
    return job;
  }

  /** Its own reconciler's word on it as it is now: only that knows what the dry run says. */
  private static void checkReady(BatchJob job, BatchApi api, Instant now) {
    var ready =
        Conditions.find(api.getStatus() == null ? null : api.getStatus().conditions(), "Ready")
            .filter(c -> Objects.equals(c.observedGeneration(), api.getMetadata().getGeneration()));
    if (ready.isEmpty()) {
      var age = Duration.between(Instant.parse(job.getMetadata().getCreationTimestamp()), now);
      throw new Stop(
          age.compareTo(CHECKED_SOON) < 0
              ? new Soon()
              : new Waiting(
                  "ApiNotReady", "BatchAPI \"%s\" is being checked.".formatted(name(api))));
    }
    if (ready.get().status() != Condition.Status.TRUE) {
      throw new Stop(
          new Waiting(
              "ApiNotReady",
              "BatchAPI \"%s\" is not ready: %s: %s"
                  .formatted(name(api), ready.get().reason(), ready.get().message())));
    }
  }

  private static void refuse(
      List<Problem> problems, java.util.function.Function<String, Result> result) {
    if (!problems.isEmpty()) {
      throw new Stop(
          result.apply(problems.stream().map(Problem::toString).collect(Collectors.joining("; "))));
    }
  }

  private FrozenJob freeze(BatchJob job, BatchApi api, KubernetesClient client, Instant now) {
    var namespace = job.getMetadata().getNamespace();
    var code = CodeFiles.configMap(api.getSpec().handler());
    var files =
        code.map(name -> codeFiles(client, namespace, name))
            .orElseGet(() -> CodeFiles.inline(api.getSpec().handler()));
    var lines = inputLines(job.getSpec(), client, namespace);
    var batchSize = batchSize(api, job.getSpec());
    int items;
    try (var input = open(job.getSpec(), lines, batchSize)) {
      items = input.items();
    }
    Limits.checkBatches(items, batchSize)
        .ifPresent(
            problem -> {
              throw new InputException(problem.message());
            });
    var run = RunSpec.freeze(api.named(), job.named(), job.getMetadata().getUid(), items, now);
    checkHandlerFile(run, files, code, namespace);
    var labels =
        Objects.requireNonNullElse(job.getMetadata().getLabels(), Map.<String, String>of());
    var plan = PodPlans.of(api.named(), labels, settings, pythonHost, JobId.of(job), files, lines);
    var frozen = FrozenJob.of(JobId.of(job), run, plan);
    PodSecurity.check(levels.of(namespace, client), frozen);
    write(frozen, files, lines, client);
    return frozen;
  }

  private void write(
      FrozenJob frozen,
      Map<String, String> files,
      Optional<String> lines,
      KubernetesClient client) {
    var plan = frozen.pod();
    if (plan.pythonHost() != null) {
      createOrCheck(
          client, pythonHost.orElseThrow().configMap(frozen.namespace()), plan.pythonHost());
    }
    if (plan.code() != null) {
      createOrCheck(client, FrozenObjects.code(frozen, files), plan.code());
    }
    if (plan.input() != null) {
      createOrCheck(client, FrozenObjects.input(frozen, lines.orElseThrow()), plan.input());
    }
    credentials.ensure(frozen, client);
    var run = FrozenObjects.run(frozen);
    if (!create(client, run)) {
      FrozenObjects.read(
          frozen.id(), frozen.digest(), frozen(client, frozen.id(), run.getMetadata().getName()));
    }
  }

  /** What is there already was made by an acceptance that ended early, or is somebody else's. */
  private static void createOrCheck(
      KubernetesClient client, ConfigMap configMap, FrozenFiles files) {
    if (!create(client, configMap)) {
      var meta = configMap.getMetadata();
      find(client, meta.getNamespace(), meta.getName())
          .ifPresent(found -> FrozenObjects.check(found, files));
    }
  }

  private static Map<String, String> codeFiles(
      KubernetesClient client, String namespace, String name) {
    var data =
        find(client, namespace, name)
            .orElseThrow(() -> new Stop(missing(name, namespace, "the handler's code")))
            .getData();
    return Objects.requireNonNullElse(data, Map.of());
  }

  private static void checkHandlerFile(
      RunSpec run, Map<String, String> files, Optional<String> configMap, String namespace) {
    var file = run.handler().file();
    if (configMap.isPresent() && file != null && !files.containsKey(file)) {
      throw new Stop(missingKey(configMap.get(), namespace, file, "the handler's code", files));
    }
  }

  private static Optional<String> inputLines(
      BatchJobSpec spec, KubernetesClient client, String namespace) {
    var ref = spec.input().configMap();
    if (ref == null) {
      return Optional.empty();
    }
    var data =
        Objects.requireNonNullElse(
            find(client, namespace, ref.name())
                .orElseThrow(() -> new Stop(missing(ref.name(), namespace, "the input")))
                .getData(),
            Map.<String, String>of());
    var lines = data.get(ref.key());
    if (lines == null) {
      throw new Stop(missingKey(ref.name(), namespace, ref.key(), "the input", data));
    }
    return Optional.of(lines);
  }

  private static Input open(BatchJobSpec spec, Optional<String> lines, int batchSize) {
    var ref = spec.input().configMap();
    if (ref == null) {
      return JobInputs.ofSpec(spec, batchSize);
    }
    var name = "ConfigMap \"%s\", key \"%s\"".formatted(ref.name(), ref.key());
    return JobInputs.ofLines(name, lines.orElseThrow(), batchSize);
  }

  private static int batchSize(BatchApi api, BatchJobSpec job) {
    var own = Optional.ofNullable(job.overrides()).map(JobOverrides::batchSize);
    return own.or(() -> Optional.ofNullable(api.getSpec().batchSize())).orElse(1);
  }

  private static Waiting missing(String configMap, String namespace, String what) {
    return new Waiting(
        "ConfigMapNotFound",
        "ConfigMap \"%s\" with %s not found in namespace \"%s\"; the job is accepted when it is there."
            .formatted(configMap, what, namespace));
  }

  private static Waiting missingKey(
      String configMap, String namespace, String key, String what, Map<String, String> data) {
    return new Waiting(
        "ConfigMapKeyNotFound",
        "ConfigMap \"%s\" in namespace \"%s\" has no key \"%s\" with %s; its keys are: %s."
            .formatted(configMap, namespace, key, what, String.join(", ", data.keySet())));
  }

  static Optional<ConfigMap> find(KubernetesClient client, String namespace, String name) {
    return Optional.ofNullable(client.configMaps().inNamespace(namespace).withName(name).get());
  }

  /** Creates it; false if something of its name is there already. */
  static boolean create(KubernetesClient client, HasMetadata object) {
    try {
      client.resource(object).create();
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return false;
      }
      throw e;
    }
  }

  private static String name(BatchApi api) {
    return api.getMetadata().getName();
  }
}
