package dev.batchapi.operator.job.accept;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.JobPhase;
import dev.batchapi.data.input.InputException;
import dev.batchapi.operator.OperatorSettings;
import dev.batchapi.operator.kube.NamespaceLevels;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.PodTemplateException;
import dev.batchapi.operator.pod.ProgramPlan;
import dev.batchapi.operator.pod.PythonHost;
import dev.batchapi.operator.pod.TamperedException;
import dev.batchapi.operator.status.Reason;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Accepts a job: freezes its BatchAPI, its code and its input as they are now, in ConfigMaps of the
 * job's namespace. What counts is the digest of all that in the BatchJob's status, which is written
 * after them: without it they mean nothing, whoever made them, and with it they are believed only
 * as long as they match.
 */
public final class Acceptance {
  /** Of ConfigMaps that are ours by all but their size. */
  private static final Set<Integer> TOO_LARGE = Set.of(413, 422);

  private final OperatorSettings settings;
  private final Credentials credentials;
  private final NamespaceLevels levels;
  private final Freezing freezing;
  private final CutInput cutInput;
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
    this.credentials = credentials;
    this.levels = levels;
    this.freezing = new Freezing(settings, pythonHost, levels);
    this.cutInput = new CutInput(freezing, reruns);
    this.store = store;
    this.shares = shares;
    this.reruns = reruns;
  }

  /** What became of it. */
  public sealed interface Result {}

  /** The job can run. */
  public record Accepted(FrozenJob job) implements Result {}

  /**
   * Something is missing that may still come.
   *
   * @param phase of the job: whether something is being done for it
   * @param percent of that; null: nobody knows
   */
  public record Waiting(Reason reason, String message, JobPhase phase, @Nullable Integer percent)
      implements Result {
    public Waiting(Reason reason, String message) {
      this(reason, message, JobPhase.PENDING, null);
    }
  }

  /** What it needs is being checked at this moment. */
  public record Soon() implements Result {}

  /**
   * The job can never run.
   *
   * @param left whether the folder of its output is known not to be taken for it
   */
  public record Rejected(Reason reason, String message, boolean left) implements Result {
    public Rejected(Reason reason, String message) {
      this(reason, message, false);
    }
  }

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

  /**
   * What gives the folder of its output back.
   *
   * @return empty if it has no output, or if nobody knows any more with whose rights it was taken
   */
  public Optional<ProgramPlan> toGiveBack(
      BatchJob job, @Nullable BatchApi api, KubernetesClient client) {
    if (api == null) {
      return Optional.empty();
    }
    try {
      var whole = JobInputs.whole(job, client);
      return OutputTarget.of(whole, api, () -> levels.namespaces().cluster(client))
          .filter(output -> output.problem().isEmpty())
          .map(output -> SplitInput.toGiveBack(settings, whole, api, output));
    } catch (InputException e) {
      return Optional.empty();
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
      var usable = UsableApi.of(job, api, now);
      var share =
          Share.of(levels.namespaces().labels(job.getMetadata().getNamespace(), client), settings);
      // Before anything is read for it: of the jobs that wait there may be many.
      requireRoom(job, 1, others, share);
      var whole = UsableApi.checked(JobInputs.whole(job, client));
      var output = OutputTarget.of(whole, usable, () -> levels.namespaces().cluster(client));
      output.ifPresent(target -> require(target, others.get()));
      var outside = SplitInput.of(settings, whole, usable, output);
      var earlier =
          Optional.ofNullable(whole.getSpec().input().rerun())
              .map(input -> EarlierJob.of(whole, input, store, client));
      var draft =
          outside.isPresent() || earlier.isPresent()
              ? cutInput.freeze(whole, usable, output, outside, earlier, splitters, client, now)
              : freezing.freeze(whole, usable, output, Optional.empty(), client, now);
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

  private void requireRoom(
      BatchJob job, long batches, Supplier<Stream<BatchJob>> others, Share share) {
    shares
        .take(job, batches, others.get(), share)
        .ifPresent(
            message -> {
              throw new Stop(new Waiting(Reason.QuotaExceeded, message));
            });
  }
}
