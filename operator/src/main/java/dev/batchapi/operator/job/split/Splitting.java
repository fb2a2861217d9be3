package dev.batchapi.operator.job.split;

import dev.batchapi.data.split.ChunkSink;
import dev.batchapi.data.split.SplitEnd;
import dev.batchapi.operator.job.observe.StartTroubles;
import dev.batchapi.operator.job.program.ProgramResult;
import dev.batchapi.operator.job.program.ProgramRuns;
import dev.batchapi.operator.job.program.ProgramRuns.Children;
import dev.batchapi.operator.pod.FrozenSplit;
import dev.batchapi.operator.pod.JobId;
import dev.batchapi.operator.pod.Labels;
import dev.batchapi.operator.pod.PodTemplateException;
import dev.batchapi.operator.pod.Program;
import dev.batchapi.operator.pod.ProgramPlan;
import dev.batchapi.operator.queue.ProgramQueue;
import dev.batchapi.operator.status.Reason;
import dev.batchapi.queue.QueueUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a pod look at what a job names outside of the cluster before it is accepted: its files are
 * cut into batches, and the folder of its output is taken for it.
 */
public final class Splitting {
  /**
   * Of one job at a time: what one splitter writes at the most, and the one before it that has not
   * noticed yet that it is deleted.
   */
  public static final int MOST_RECORDS = 2 * (ChunkSink.MOST_CHUNKS + 1);

  private static final Logger LOG = LoggerFactory.getLogger(Splitting.class);

  private final ProgramQueue queue;
  private final ProgramRuns<SplitRecords.Said> splitters;
  private final Clock clock;
  private final GoneJobs gone = new GoneJobs();

  public Splitting(ProgramQueue queue, Duration validity, StartTroubles troubles, Clock clock) {
    this.queue = queue;
    this.clock = clock;
    splitters =
        new ProgramRuns<>(
            Program.SPLITTER, new SplitRecords(queue), queue, validity, troubles, clock);
  }

  /**
   * Looks how far it is, and makes what is missing.
   *
   * @param children of the BatchJob, splitters or not
   */
  public SplitResult next(ProgramPlan plan, Children children) {
    // It could free what the next one believes to have taken.
    if (splitters.runsAnother(plan, Labels.FREES_FOLDER, children)) {
      return held(plan, children);
    }
    try {
      if (queue.splits().written(plan.job().uid()) > MOST_RECORDS) {
        splitters.revoke(plan.job().namespace(), plan.job().uid(), clock.instant());
        return new SplitResult.Bad(
            Reason.QueueMisused,
            "The splitter's credentials were used to write what no splitter writes.");
      }
      return switch (splitters.next(plan, children)) {
        case ProgramResult.Done<SplitRecords.Said>(var attempt, var said) ->
            result(plan.job().uid(), attempt, said);
        case ProgramResult.Underway<SplitRecords.Said>(var trouble, var message, var percent) ->
            new SplitResult.Underway(
                Objects.requireNonNullElse(trouble, Reason.Splitting), message, percent);
        case ProgramResult.GivenUp<SplitRecords.Said>(var message) ->
            new SplitResult.Bad(Reason.SplittingFailed, message);
      };
    } catch (QueueUnavailableException e) {
      return new SplitResult.Underway(Reason.QueueUnavailable, String.valueOf(e.getMessage()));
    }
  }

  private SplitResult result(String uid, int attempt, SplitRecords.Said said) {
    var end = said.end();
    return end.error() == null
        ? new SplitResult.Done(
            end,
            new FrozenSplit(
                attempt, said.digest(), end.files(), end.bytes(), kept(uid, attempt, end)))
        : new SplitResult.Bad(reason(end), ProgramRuns.shortened(end.error()), true, end.owner());
  }

  /** What the queue has, and not what a splitter says of it. */
  private long kept(String uid, int attempt, SplitEnd end) {
    var others = end.chunks().size() - 1;
    if (others < 0) {
      return 0;
    }
    var last = queue.splits().read(uid, attempt, Integer.toString(others));
    return (long) others * ChunkSink.CHUNK + (last == null ? 0 : last.length);
  }

  private static Reason reason(SplitEnd end) {
    return switch (end.problem()) {
      case null -> Reason.InputInvalid;
      case OutputExists -> Reason.OutputExists;
      case OutputRefused, Tampered -> Reason.OutputInvalid;
    };
  }

  /**
   * Has the folder of an output given back, which a splitter of the job may have taken or may be
   * about to take: none is to run beside the one that does it.
   *
   * @param plan of a splitter that gives it back
   */
  public SplitResult leave(ProgramPlan plan, Children children) {
    if (splitters.runsAnother(plan, children)) {
      return held(plan, children);
    }
    try {
      return next(plan, children);
    } catch (PodTemplateException e) {
      return new SplitResult.Bad(Reason.OutputInvalid, String.valueOf(e.getMessage()));
    }
  }

  private SplitResult held(ProgramPlan plan, Children children) {
    splitters.hold(plan.job().uid(), children);
    return new SplitResult.Underway(Reason.CheckingOutput, "The splitter is ended.");
  }

  GoneJobs gone() {
    return gone;
  }

  /** The BatchJob is over, or gone: what it has not taken over by now another one may. */
  public void forgetGone(String uid) {
    gone.forget(uid);
    splitters.forget(uid);
  }

  /** Whether the job has had a splitter. */
  public static boolean hasBegun(String uid, Children children) {
    return ProgramRuns.hasBegun(Program.SPLITTER, uid, children);
  }

  /** The job is suspended before it is accepted: nothing of it is to run. */
  public void hold(String uid, Children children) {
    splitters.hold(uid, children);
  }

  /** The job waits for something else: its splitter, if there is one, is to go on. */
  void keep(JobId job, String api, Children children) {
    try {
      splitters.keep(job, api, children);
    } catch (QueueUnavailableException e) {
      LOG.debug("Credentials of job {} are not renewed now: {}", job.uid(), e.getMessage());
    }
  }

  /**
   * The job is accepted, and has its batches: nothing more is to be written.
   *
   * @param namespace the job's
   */
  public void accepted(String namespace, String uid) {
    splitters.revoke(namespace, uid, clock.instant());
  }

  /**
   * The job is over: no splitter is to run.
   *
   * @param at when it ended
   */
  public void ended(String namespace, String uid, Instant at, Children children) {
    splitters.ended(namespace, uid, at, children);
  }

  /**
   * Where its batches lay is not needed any more.
   *
   * @throws QueueUnavailableException if the queue is away: to be repeated
   */
  public void forget(String uid) {
    queue.splits().forget(uid);
  }
}
