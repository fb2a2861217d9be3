package dev.batchapi.operator.job.accept;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchRules;
import dev.batchapi.crds.Condition;
import dev.batchapi.crds.Limits;
import dev.batchapi.crds.Problem;
import dev.batchapi.crds.run.CodeFiles;
import dev.batchapi.crds.run.Freeze;
import dev.batchapi.data.input.InputException;
import dev.batchapi.operator.OperatorSettings;
import dev.batchapi.operator.job.split.SplitResult;
import dev.batchapi.operator.kube.NamespaceLevels;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.JobId;
import dev.batchapi.operator.pod.PodPlans;
import dev.batchapi.operator.pod.PodSecurity;
import dev.batchapi.operator.pod.PodTemplateException;
import dev.batchapi.operator.pod.PythonHost;
import dev.batchapi.operator.pod.TamperedException;
import dev.batchapi.operator.status.Conditions;
import dev.batchapi.operator.status.Reason;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Accepts a job: freezes its BatchAPI, its code and its input as they are now, in ConfigMaps of the
 * job's namespace. What counts is the digest of all that in the BatchJob's status, which is written
 * after them: without it they mean nothing, whoever made them, and with it they are believed only
 * as long as they match.
 */
public final class Acceptance {
  /** A BatchAPI of the same file is checked in this time. */
  private static final Duration CHECKED_SOON = Duration.ofSeconds(3);

  /** Of ConfigMaps that are ours by all but their size. */
  private static final Set<Integer> TOO_LARGE = Set.of(413, 422);

  private final OperatorSettings settings;
  private final Optional<PythonHost> pythonHost;
  private final Credentials credentials;
  private final NamespaceLevels levels;
  private final FrozenStore store;
  private final Shares shares;
  private final Reruns reruns;

  public Acceptance(
      OperatorSettings settings,
      Optional<PythonHost> pythonHost,
      Credentials credentials,
      NamespaceLevels levels,
      FrozenStore store,
      Shares shares,
      Reruns reruns) {
    this.settings = settings;
    this.pythonHost = pythonHost;
    this.credentials = credentials;
    this.levels = levels;
    this.store = store;
    this.shares = shares;
    this.reruns = reruns;
  }

  /** What became of it. */
  public sealed interface Result {}

  /** The job can run. */
  public record Accepted(FrozenJob job) implements Result {}

  /** Something is missing that may still come. */
  public record Waiting(Reason reason, String message) implements Result {}

  /** What it needs is being checked at this moment. */
  public record Soon() implements Result {}

  /** The job can never run. */
  public record Rejected(Reason reason, String message) implements Result {}

  /** A job that could be accepted, and its files. */
  private record Draft(FrozenJob job, Map<String, String> code, Optional<String> input) {}

  /**
   * A job's input as something else than the operator knows its batches.
   *
   * @param files that they are parts of; null: none
   * @param rerun whose items they are; null: the job's own
   */
  private record Cut(
      SplitResult.Done done, @Nullable ObjectNode files, RunSpec.@Nullable Rerun rerun) {}

  /** Whether the job was accepted, by this process or another one. */
  public static boolean isAccepted(BatchJob job) {
    return job.getStatus() != null && job.getStatus().acceptedTime() != null;
  }

  /**
   * Accepts it, if it can be.
   *
   * @param others BatchJobs of its namespace, each time anew
   * @param splitters of this job, if it has files or an output
   */
  public Result accept(
      BatchJob job,
      @Nullable BatchApi api,
      Supplier<Stream<BatchJob>> others,
      Splitters splitters,
      KubernetesClient client,
      Instant now) {
    var accepted = false;
    try {
      var result = decide(job, api, others, splitters, client, now);
      accepted = result instanceof Accepted;
      return result;
    } finally {
      if (accepted) {
        reruns.forget(job.getMetadata().getUid());
      } else { // its place is another one's
        shares.forget(job.getMetadata().getUid());
      }
    }
  }

  private Result decide(
      BatchJob job,
      @Nullable BatchApi api,
      Supplier<Stream<BatchJob>> others,
      Splitters splitters,
      KubernetesClient client,
      Instant now) {
    try {
      var usable = usable(job, api, now);
      var share =
          Share.of(levels.namespaces().labels(job.getMetadata().getNamespace(), client), settings);
      // Before anything is read for it: of the jobs that wait there may be many.
      requireRoom(job, 1, others, share);
      var whole = checked(JobInputs.whole(job, client));
      var output = OutputTarget.of(whole, usable);
      output.ifPresent(target -> require(target, others.get()));
      var outside = SplitInput.of(settings, whole, usable, output);
      var earlier =
          Optional.ofNullable(whole.getSpec().input().rerun())
              .map(input -> EarlierJob.of(whole, input, store, client));
      var draft =
          outside.isPresent() || earlier.isPresent()
              ? freezeCut(whole, usable, output, outside, earlier, splitters, client, now)
              : freeze(whole, usable, output, Optional.empty(), client, now);
      requireRoom(job, draft.job().run().totalBatches(), others, share);
      store.write(draft.job(), draft.code(), draft.input(), client);
      credentials.ensure(draft.job(), client);
      return new Accepted(draft.job());
    } catch (Stop stop) {
      return stop.result();
    } catch (PodTemplateException e) {
      return new Waiting(Reason.ApiNotReady, String.valueOf(e.getMessage()));
    } catch (InputException e) {
      return new Rejected(Reason.InputInvalid, String.valueOf(e.getMessage()));
    } catch (KubernetesClientException e) {
      if (!TOO_LARGE.contains(e.getCode()) || e.getStatus() == null) {
        throw e;
      }
      return new Rejected(
          Reason.SpecInvalid,
          "The API server refuses what is to be kept of the job: " + e.getStatus().getMessage());
    } catch (TamperedException e) {
      return new Rejected(Reason.RunTampered, String.valueOf(e.getMessage()));
    }
  }

  private static void require(OutputTarget output, Stream<BatchJob> others) {
    output
        .problem()
        .ifPresent(
            message -> {
              throw new Stop(new Rejected(Reason.OutputInvalid, message));
            });
    output
        .takenBy(others)
        .ifPresent(
            message -> {
              throw new Stop(new Rejected(Reason.OutputExists, message));
            });
  }

  /**
   * Only of a job that could be accepted otherwise anything outside of the cluster is touched, and
   * the outcomes of another job are read.
   */
  private Draft freezeCut(
      BatchJob job,
      BatchApi api,
      Optional<OutputTarget> output,
      Optional<SplitInput> outside,
      Optional<EarlierJob> earlier,
      Splitters splitters,
      KubernetesClient client,
      Instant now) {
    outside
        .flatMap(SplitInput::problem)
        .ifPresent(
            message -> {
              throw new InputException(message);
            });
    freeze(job, api, output, cut(SplitInput.UNKNOWN, job, earlier), client, now);
    // What can't be run again must not have taken the folder of an output.
    earlier.ifPresent(
        asked -> done(reruns.next(asked, wanted(job, api), client), Reason.Splitting));
    var looked = outside.map(asked -> look(job, asked, splitters)).orElse(SplitInput.UNKNOWN);
    // Again, for a splitter that begins clears what is written.
    var done =
        earlier
            .map(asked -> done(reruns.next(asked, wanted(job, api), client), Reason.Splitting))
            .orElse(looked);
    return freeze(job, api, output, cut(done, job, earlier), client, now);
  }

  private static SplitResult.Done look(BatchJob job, SplitInput outside, Splitters splitters) {
    if (Boolean.TRUE.equals(job.getSpec().suspend())) {
      splitters.hold();
      throw new Stop(
          new Waiting(
              Reason.Suspended,
              "spec.suspend is true: files and output are looked at when it is false."));
    }
    return done(
        splitters.next(outside.plan()),
        outside.hasFiles() ? Reason.Splitting : Reason.CheckingOutput);
  }

  private static SplitResult.Done done(SplitResult result, Reason underway) {
    return switch (result) {
      case SplitResult.Done done -> done;
      case SplitResult.Underway(var reason, var message) ->
          throw new Stop(new Waiting(reason == Reason.Splitting ? underway : reason, message));
      case SplitResult.Bad(var reason, var message) ->
          throw new Stop(new Rejected(reason, message));
    };
  }

  /** Empty if the operator itself knows the batches. */
  private static Optional<Cut> cut(
      SplitResult.Done done, BatchJob job, Optional<EarlierJob> earlier) {
    if (earlier.isPresent()) {
      var run = earlier.get().frozen().run();
      return Optional.of(new Cut(done, run.files(), earlier.get().rerun()));
    }
    return Optional.ofNullable(job.getSpec().input().files())
        .map(files -> new Cut(done, SplitInput.json(files), null));
  }

  private static Reruns.Wanted wanted(BatchJob job, BatchApi api) {
    var storage = api.getSpec().storage();
    return new Reruns.Wanted(
        job.getMetadata().getUid(),
        Freeze.batchSize(api.getSpec(), job.getSpec()),
        storage == null ? List.of() : Objects.requireNonNullElse(storage.paths(), List.of()),
        storage != null);
  }

  private void requireRoom(
      BatchJob job, long batches, Supplier<Stream<BatchJob>> others, Share share) {
    shares
        .take(job, batches, others.get(), share)
        .ifPresent(
            message -> {
              throw new Stop(new Waiting(Reason.QuotaExceeded, message));
            });
  }

  private static BatchApi usable(BatchJob job, @Nullable BatchApi api, Instant now) {
    if (api == null || api.getMetadata().getDeletionTimestamp() != null) {
      throw new Stop(
          new Waiting(
              Reason.ApiNotFound,
              "BatchAPI \"%s\" not found in namespace \"%s\"; the job is accepted when it is there."
                  .formatted(job.getSpec().apiName(), job.getMetadata().getNamespace())));
    }
    refuse(
        BatchRules.checkApi(api.named()),
        message ->
            new Waiting(Reason.ApiNotReady, "BatchAPI \"%s\": %s".formatted(name(api), message)));
    checkReady(job, api, now);
    return api;
  }

  private static BatchJob checked(BatchJob job) {
    refuse(BatchRules.checkJob(job.named()), message -> new Rejected(Reason.SpecInvalid, message));
    return job;
  }

  /** Trusts the Ready condition of this generation: only its reconciler runs the dry run. */
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
                  Reason.ApiNotReady, "BatchAPI \"%s\" is being checked.".formatted(name(api))));
    }
    if (ready.get().status() != Condition.Status.TRUE) {
      throw new Stop(
          new Waiting(
              Reason.ApiNotReady,
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

  private Draft freeze(
      BatchJob job,
      BatchApi api,
      Optional<OutputTarget> output,
      Optional<Cut> cut,
      KubernetesClient client,
      Instant now) {
    var namespace = job.getMetadata().getNamespace();
    var code = CodeFiles.configMap(api.getSpec().handler());
    var files =
        code.map(name -> JobConfigMaps.code(client, namespace, name))
            .orElseGet(() -> CodeFiles.inline(api.getSpec().handler()));
    var ofConfigMap = JobConfigMaps.inputLines(job.getSpec(), client, namespace);
    // A collector reads no BatchJob: the items of those that failed are among what it writes.
    var lines = output.isPresent() ? ofConfigMap.or(() -> items(job)) : ofConfigMap;
    var batchSize = Freeze.batchSize(api.getSpec(), job.getSpec());
    int items =
        cut.map(its -> its.done().end().items())
            .orElseGet(() -> items(job, ofConfigMap, batchSize));
    Limits.checkBatches(items, batchSize)
        .ifPresent(
            problem -> {
              throw new InputException(problem.message());
            });
    var carried = Freeze.freeze(api.named(), job.named(), job.getMetadata().getUid(), items, now);
    var withFiles = cut.map(Cut::files).map(carried::withFiles).orElse(carried);
    var run = cut.map(Cut::rerun).map(withFiles::withRerun).orElse(withFiles);
    JobConfigMaps.checkHandlerFile(run, files, code, namespace);
    var labels =
        Objects.requireNonNullElse(job.getMetadata().getLabels(), Map.<String, String>of());
    var plan =
        PodPlans.of(
            api.named(),
            labels,
            settings,
            pythonHost,
            JobId.of(job),
            files,
            lines,
            cut.map(its -> its.done().split()),
            output.map(target -> target.frozen(lines)));
    var frozen = FrozenJob.of(JobId.of(job), run, plan);
    PodSecurity.check(levels.of(namespace, client), frozen);
    return new Draft(frozen, files, lines);
  }

  private static Optional<String> items(BatchJob job) {
    return Optional.ofNullable(job.getSpec().input().items())
        .map(items -> items.stream().map(item -> item + "\n").collect(Collectors.joining()));
  }

  private static int items(BatchJob job, Optional<String> lines, int batchSize) {
    try (var input = JobConfigMaps.open(job.getSpec(), lines, batchSize)) {
      return input.items();
    }
  }

  private static String name(BatchApi api) {
    return api.getMetadata().getName();
  }
}
