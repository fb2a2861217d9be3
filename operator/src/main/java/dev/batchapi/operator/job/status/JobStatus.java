package dev.batchapi.operator.job.status;

import static dev.batchapi.crds.Condition.Status.FALSE;
import static dev.batchapi.crds.Condition.Status.TRUE;
import static dev.batchapi.crds.Condition.Status.UNKNOWN;

import dev.batchapi.contract.RunSpec;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.crds.BatchJobStatus.Batches;
import dev.batchapi.crds.Condition;
import dev.batchapi.crds.JobPhase;
import dev.batchapi.operator.job.decide.Endings;
import dev.batchapi.operator.job.observe.EnqueuingState;
import dev.batchapi.operator.job.observe.JobResults;
import dev.batchapi.operator.job.observe.Observation;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.Labels;
import dev.batchapi.operator.status.Conditions;
import dev.batchapi.operator.status.JobConditions;
import dev.batchapi.operator.status.Reason;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End;
import dev.batchapi.queue.ItemCounts;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a BatchJob's status says, from what was observed. */
public final class JobStatus {
  private static final String NO_RESULTS =
      "Its results are in no ConfigMap: they stay in the queue until the BatchJob is deleted.";

  private static final String NO_OUTPUT =
      "Its results are not in the folder of its output, for what was frozen with the job is not as it was: they stay in the queue until the BatchJob is deleted.";

  private JobStatus() {}

  /** Of a job that waits to be accepted. */
  public static BatchJobStatus waiting(BatchJob job, Reason reason, String message, Instant now) {
    return waiting(job, reason, message, JobPhase.PENDING, now);
  }

  /** The same of one for which something is done meanwhile. */
  public static BatchJobStatus waiting(
      BatchJob job, Reason reason, String message, JobPhase phase, Instant now) {
    var conditions = conditions(job, now).add(JobConditions.ACCEPTED, FALSE, reason, message);
    return notAccepted(job, merge(job, conditions), phase, null);
  }

  /**
   * Of a job for which the API server refuses what the operator has to do; nothing else is known
   * anew. A job that is accepted goes on with the workers that it has.
   */
  public static BatchJobStatus refused(BatchJob job, String message, Instant now) {
    var before = job.getStatus();
    if (before == null || before.acceptedTime() == null) {
      return waiting(job, Reason.OperatorRefused, message, now);
    }
    var conditions =
        conditions(job, now)
            .add(JobConditions.WORKERS_READY, UNKNOWN, Reason.OperatorRefused, message);
    return before.with(merge(job, conditions));
  }

  /** Of a job whose results are being written, while the queue is away. */
  public static BatchJobStatus unseen(BatchJob job, String message, Instant now) {
    var conditions =
        conditions(job, now)
            .add(JobConditions.OUTPUT_WRITTEN, FALSE, Reason.QueueUnavailable, message);
    return Objects.requireNonNull(job.getStatus()).with(merge(job, conditions));
  }

  /** Of a job that can never run. */
  public static BatchJobStatus rejected(BatchJob job, Reason reason, String message, Instant now) {
    var conditions =
        conditions(job, now)
            .add(JobConditions.ACCEPTED, FALSE, reason, message)
            .add(JobConditions.FINISHED, TRUE, reason, message)
            .add(JobConditions.FAILED, TRUE, reason, message);
    var phase = reason == Reason.Cancelled ? JobPhase.CANCELLED : JobPhase.FAILED;
    return notAccepted(job, merge(job, conditions), phase, now);
  }

  private static BatchJobStatus notAccepted(
      BatchJob job, List<Condition> conditions, JobPhase phase, @Nullable Instant completed) {
    return new BatchJobStatus(
        conditions,
        phase,
        null,
        null,
        null,
        null,
        null,
        null,
        job.getMetadata().getGeneration(),
        null,
        null,
        null,
        completed == null ? null : completed.toString(),
        null,
        null);
  }

  /** Of a job in the moment of its acceptance: from this status on it is accepted. */
  public static BatchJobStatus accepted(BatchJob job, FrozenJob frozen, Instant now) {
    var total = frozen.run().totalBatches();
    var output = frozen.run().output();
    var split = frozen.pod().split();
    return new BatchJobStatus(
        merge(
            job,
            conditions(job, now)
                .add(
                    JobConditions.ACCEPTED, TRUE, Reason.Accepted, RunConditions.frozenAs(frozen))),
        JobPhase.PENDING,
        new Batches(total, 0, 0, total),
        new BatchJobStatus.Items(frozen.run().items(), 0, 0),
        input(frozen),
        0,
        null,
        null,
        Labels.JOB_UID + "=" + frozen.uid(),
        job.getMetadata().getGeneration(),
        frozen.run().job().startTime(),
        frozen.digest(),
        null,
        null,
        split == null ? 0L : split.kept(),
        output == null ? null : BatchJobStatus.Output.toBeIn(output.path()));
  }

  /**
   * Of an accepted job that was tampered with: nothing is known of it but what its status and the
   * ledger say, and its results can't be told apart.
   *
   * @param end what the ledger says; as a rule that it was tampered with
   */
  public static BatchJobStatus ended(BatchJob job, End end, Counts counts) {
    var before = Objects.requireNonNull(job.getStatus());
    var workers = before.workers();
    var total = before.batches() == null ? counts.done() : before.batches().total();
    var tampered = end.verdict() == End.Verdict.RunTampered;
    var conditions =
        conditions(job, end.at())
            .add(
                JobConditions.ACCEPTED,
                tampered ? FALSE : TRUE,
                tampered ? Reason.RunTampered : Reason.Accepted,
                tampered ? end.message() : "The job was accepted.");
    var output = before.output();
    var results =
        output == null || output.path() == null
            ? new JobResults.Kept(NO_RESULTS)
            : new JobResults.NotCollected(NO_OUTPUT);
    if (results instanceof JobResults.NotCollected(var why)) {
      conditions.add(JobConditions.OUTPUT_WRITTEN, FALSE, Reason.OutputFailed, why);
    }
    RunConditions.finished(
        before,
        counts.done() == 0 ? end : with(end, results),
        Endings.reason(end, results),
        conditions);
    return new BatchJobStatus(
        merge(job, conditions),
        Endings.phase(end, results),
        batches(total, counts),
        before.items(),
        before.input(),
        counts.failedAttempts(),
        before.failures(),
        new BatchJobStatus.Workers(0, 0, 0, workers == null ? 0 : workers.lost()),
        before.selector(),
        job.getMetadata().getGeneration(),
        before.acceptedTime(),
        before.runDigest(),
        before.startTime(),
        end.at().toString(),
        before.queueBytes(),
        output);
  }

  private static BatchJobStatus.@Nullable Input input(FrozenJob frozen) {
    var split = frozen.pod().split();
    return split == null || split.files() == 0
        ? null
        : new BatchJobStatus.Input(split.files(), split.bytes(), frozen.run().items());
  }

  /**
   * Of an accepted job that goes on.
   *
   * @param lost workers lost so far
   * @param queueBytes what the queue keeps of it
   */
  public static BatchJobStatus of(Observation seen, int lost, long queueBytes) {
    return of(seen, lost, queueBytes, Optional.empty(), new JobResults.Pending());
  }

  /**
   * Of an accepted job that has its end record. It is finished when it is known what became of its
   * results.
   */
  public static BatchJobStatus ended(
      Observation seen, int lost, long queueBytes, JobResults results) {
    var end = seen.counts().flatMap(Counts::end);
    return switch (results) {
      case JobResults.Pending _, JobResults.Waiting _, JobResults.Collecting _ ->
          of(seen, lost, queueBytes, Optional.empty(), results)
              .withProgress(
                  results instanceof JobResults.Collecting(_, _, var percent) ? percent : null);
      case JobResults.Written _,
          JobResults.Kept _,
          JobResults.Collected _,
          JobResults.NotCollected _ ->
          of(seen, lost, queueBytes, end.map(e -> with(e, results)), results);
    };
  }

  /** With what a reader of the results should know. */
  private static End with(End end, JobResults results) {
    var words =
        switch (results) {
          case JobResults.Written(_, var remark) -> remark.orElse("");
          case JobResults.Collected(_, _, _, var remark) -> remark.orElse("");
          case JobResults.Kept(var why) -> why;
          case JobResults.NotCollected(var why) -> why;
          case JobResults.Pending _, JobResults.Waiting _, JobResults.Collecting _ -> "";
        };
    return words.isEmpty() ? end : new End(end.verdict(), end.message() + " " + words, end.at());
  }

  private static BatchJobStatus.@Nullable Output output(Observation seen, JobResults results) {
    return switch (results) {
      case JobResults.Written(var configMap, _) -> BatchJobStatus.Output.inConfigMap(configMap);
      case JobResults.Collected(var path, var files, var bytes, _) ->
          new BatchJobStatus.Output(null, path, files, bytes);
      case JobResults.Pending _,
          JobResults.Waiting _,
          JobResults.Collecting _,
          JobResults.Kept _,
          JobResults.NotCollected _ ->
          seen.outputPath() == null ? null : BatchJobStatus.Output.toBeIn(seen.outputPath());
    };
  }

  private static BatchJobStatus of(
      Observation seen, int lost, long queueBytes, Optional<End> end, JobResults results) {
    var job = seen.job();
    var counts = seen.counts();
    return new BatchJobStatus(
        merge(job, RunConditions.of(seen, end, results)),
        end.map(e -> Endings.phase(e, results)).orElseGet(() -> phase(seen)),
        counts
            .map(c -> batches(seen.total(), c))
            .orElseGet(() -> before(seen, BatchJobStatus::batches)),
        counts
            .map(c -> items(seen.frozen().run(), c))
            .orElseGet(() -> before(seen, BatchJobStatus::items)),
        before(seen, BatchJobStatus::input),
        counts
            .map(Counts::failedAttempts)
            .orElseGet(() -> before(seen, BatchJobStatus::failedAttempts)),
        seen.failures().isEmpty() ? null : seen.failures(),
        new BatchJobStatus.Workers(
            end.isPresent() ? 0 : Math.min(seen.allowedWorkers(), seen.usefulWorkers()),
            end.isPresent() ? 0 : seen.workers().pending(),
            end.isPresent() ? 0 : seen.workers().ready(),
            lost),
        Labels.JOB_UID + "=" + seen.frozen().uid(),
        job.getMetadata().getGeneration(),
        seen.acceptedTime().toString(),
        seen.frozen().digest(),
        start(seen, end),
        end.map(e -> completed(e, seen).toString()).orElse(null),
        queueBytes,
        output(seen, results));
  }

  /** What is to go some time after its end is not to go while people look for its results. */
  private static Instant completed(End end, Observation seen) {
    return seen.outputPath() == null ? end.at() : seen.now();
  }

  private static @Nullable String start(Observation seen, Optional<End> end) {
    var before = before(seen, BatchJobStatus::startTime);
    return end.isPresent() && before != null
        ? before
        : seen.startTime().map(Instant::toString).orElse(null);
  }

  private static <T> @Nullable T before(
      Observation seen, java.util.function.Function<BatchJobStatus, @Nullable T> field) {
    return seen.before() == null ? null : field.apply(Objects.requireNonNull(seen.before()));
  }

  private static Batches batches(int total, Counts counts) {
    return new Batches(total, counts.succeeded(), counts.failed(), total - counts.done());
  }

  private static BatchJobStatus.Items items(RunSpec run, Counts counts) {
    var items = ItemCounts.of(counts, run.items(), run.batchSize());
    return new BatchJobStatus.Items(items.total(), items.succeeded(), items.failed());
  }

  private static JobPhase phase(Observation seen) {
    var ended = seen.counts().flatMap(Counts::end).isPresent();
    if (ended && seen.outputPath() == null) {
      return JobPhase.COMPLETING;
    }
    if (seen.isSuspended()) {
      return JobPhase.SUSPENDED;
    }
    if (ended) {
      return JobPhase.COLLECTING;
    }
    if (seen.isAllDone()) {
      return JobPhase.COMPLETING;
    }
    if (seen.startTime().isPresent()) {
      return JobPhase.RUNNING;
    }
    return seen.enqueuing() instanceof EnqueuingState.Running
        ? JobPhase.ENQUEUING
        : JobPhase.PENDING;
  }

  static JobConditions.Conditions conditions(BatchJob job, Instant now) {
    return new JobConditions.Conditions(now, job.getMetadata().getGeneration());
  }

  private static List<Condition> merge(BatchJob job, JobConditions.Conditions conditions) {
    var before = job.getStatus() == null ? null : job.getStatus().conditions();
    return Conditions.merge(before == null ? List.of() : before, conditions.all());
  }
}
