package dev.batchapi.operator.job;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.operator.job.accept.FrozenInput;
import dev.batchapi.operator.job.act.FinishedJob;
import dev.batchapi.operator.job.act.Leaving;
import dev.batchapi.operator.job.act.ResultsWriting;
import dev.batchapi.operator.job.collect.Collecting;
import dev.batchapi.operator.job.observe.FailedBatches;
import dev.batchapi.operator.job.observe.JobMemory;
import dev.batchapi.operator.job.observe.JobResults;
import dev.batchapi.operator.job.observe.Observation;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.status.Reason;
import dev.batchapi.queue.End;
import dev.batchapi.queue.QueueUnavailableException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A job whose end is recorded: brings its results to their place and lets its workers go. */
final class EndedJob {
  /** Garbage collection removes what an earlier BatchJob of the name has left; mostly at once. */
  private static final Duration NAME_COMES_FREE = Duration.ofMinutes(1);

  private final JobPass.Tools tools;
  private final BatchJob job;
  private final FrozenJob frozen;
  private final JobMemory memory;
  private final Context<BatchJob> context;

  /**
   * What one look leaves.
   *
   * @param failure what the API server refused; null: nothing
   */
  record Look(JobResults results, @Nullable RuntimeException failure) {}

  EndedJob(
      JobPass.Tools tools,
      BatchJob job,
      FrozenJob frozen,
      JobMemory memory,
      Context<BatchJob> context) {
    this.tools = tools;
    this.job = job;
    this.frozen = frozen;
    this.memory = memory;
    this.context = context;
  }

  /**
   * Brings the results nearer to their place.
   *
   * @param queueBytes what the job's workers have written to the queue
   */
  Look look(Observation seen, End end, long queueBytes) throws InterruptedException {
    try {
      var results = seen.outputPath() == null ? toConfigMap(end, queueBytes) : toOutput(seen, end);
      return new Look(results, null);
    } catch (QueueUnavailableException e) {
      return new Look(pending(seen, Reason.QueueUnavailable, String.valueOf(e.getMessage())), null);
    } catch (KubernetesClientException e) {
      return new Look(
          pending(seen, Reason.Collecting, "The API server says: " + e.getMessage()), e);
    }
  }

  private static JobResults pending(Observation seen, Reason reason, String message) {
    return seen.outputPath() == null
        ? new JobResults.Pending()
        : new JobResults.Collecting(reason, FailedBatches.shortened(message));
  }

  private JobResults toOutput(Observation seen, End end) throws InterruptedException {
    release(seen, end);
    return tools
        .collecting()
        .next(
            frozen,
            end,
            new Collecting.Wishes(seen.isSuspended(), seen.isCancelled()),
            FinishedJob.children(context));
  }

  /** Results take their time, and workers have their resources: they are not to wait for them. */
  private void release(Observation seen, End end) throws InterruptedException {
    if (!memory.released) {
      tools.queue().ledger().retire(frozen.uid());
      memory.released = true;
    }
    var _ =
        Leaving.see(
            frozen.namespace(),
            seen.workers(),
            Leaving.isInOrder(end.verdict()),
            end.at(),
            seen.now(),
            context.getClient());
  }

  private JobResults toConfigMap(End end, long queueBytes) throws InterruptedException {
    if (end.verdict() == End.Verdict.QueueMisused) {
      return new JobResults.Kept("Its results are written nowhere.");
    }
    var client = context.getClient();
    var results =
        tools
            .results()
            .ensure(
                frozen,
                FrozenInput.of(job, frozen, tools.queue()::splits, client),
                tools.queue().ledger(),
                queueBytes,
                client);
    return results instanceof JobResults.Waiting && isLate(end)
        ? ResultsWriting.taken(frozen)
        : results;
  }

  private boolean isLate(End end) {
    return tools.clock().instant().isAfter(end.at().plus(NAME_COMES_FREE));
  }
}
