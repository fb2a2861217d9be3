package dev.batchapi.operator.job.collect;

import dev.batchapi.data.collect.CollectEnd;
import dev.batchapi.operator.job.observe.JobResults;
import dev.batchapi.operator.job.observe.StartTroubles;
import dev.batchapi.operator.job.program.ProgramResult;
import dev.batchapi.operator.job.program.ProgramRuns;
import dev.batchapi.operator.job.program.ProgramRuns.Children;
import dev.batchapi.operator.job.split.Splitting;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.PodTemplateException;
import dev.batchapi.operator.pod.Program;
import dev.batchapi.operator.queue.ProgramQueue;
import dev.batchapi.operator.status.Reason;
import dev.batchapi.queue.End;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.QueueUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** Has the results of a job that has its end record written to the folder of its output. */
public final class Collecting {
  /** Of one job: what splitters may have written, and a record of each of its collectors. */
  static final int MOST_RECORDS = Splitting.MOST_RECORDS + 100;

  private final ProgramQueue queue;
  private final ProgramRuns<CollectEnd> collectors;
  private final Clock clock;

  public Collecting(ProgramQueue queue, Duration validity, StartTroubles troubles, Clock clock) {
    this.queue = queue;
    this.clock = clock;
    collectors =
        new ProgramRuns<>(
            Program.COLLECTOR, new CollectRecords(queue), queue, validity, troubles, clock);
  }

  /** What a person wants of a job that has ended. */
  public record Wishes(boolean suspended, boolean cancelled) {}

  /**
   * Looks how far it is, and makes what is missing.
   *
   * @param children of the BatchJob, collectors or not
   */
  public JobResults next(FrozenJob job, End end, Wishes wishes, Children children) {
    var path = Objects.requireNonNull(job.run().output(), "no output").path();
    if (end.verdict() == Verdict.QueueMisused) {
      return lost("what is in the queue was not written by its workers alone.");
    }
    try {
      if (queue.splits().written(job.uid()) > MOST_RECORDS) {
        collectors.revoke(job.namespace(), job.uid(), clock.instant());
        return lost("the collector's credentials were used to write what no collector writes.");
      }
      var plan = CollectPlans.of(job, end);
      // A job that was cancelled while it worked has its results written: that is what it has.
      var givenUp = wishes.cancelled() && end.verdict() != Verdict.Cancelled;
      if (givenUp || wishes.suspended()) {
        return collectors
            .said(plan, children)
            .map(said -> result(said, path))
            .orElseGet(() -> held(job, givenUp, children));
      }
      return switch (collectors.next(plan, children)) {
        case ProgramResult.Done<CollectEnd>(_, var said) -> result(said, path);
        case ProgramResult.Underway<CollectEnd>(var trouble, var message, var percent) ->
            new JobResults.Collecting(
                Objects.requireNonNullElse(trouble, Reason.Collecting), message, percent);
        case ProgramResult.GivenUp<CollectEnd>(var message) -> kept(message);
      };
    } catch (QueueUnavailableException e) {
      return new JobResults.Collecting(Reason.QueueUnavailable, String.valueOf(e.getMessage()));
    } catch (PodTemplateException e) {
      return kept("No collector can be made: " + e.getMessage());
    }
  }

  private JobResults held(FrozenJob job, boolean givenUp, Children children) {
    collectors.hold(job.uid(), children);
    return givenUp
        ? kept("spec.cancel stopped the writing.")
        : new JobResults.Collecting(
            Reason.Suspended, "spec.suspend is true: the results are written when it is false.");
  }

  private static JobResults result(CollectEnd end, String path) {
    return end.error() == null
        ? new JobResults.Collected(
            path,
            end.files(),
            end.bytes(),
            Optional.ofNullable(end.remark()).map(ProgramRuns::shortened))
        : kept(ProgramRuns.shortened(end.error()));
  }

  private static JobResults kept(String why) {
    return new JobResults.NotCollected(
        "Its results are not in the folder of its output: %s They stay in the queue until the BatchJob is deleted."
            .formatted(sentence(why)));
  }

  private static JobResults lost(String why) {
    return new JobResults.NotCollected("Its results are not in the folder of its output: " + why);
  }

  private static String sentence(String words) {
    return words.endsWith(".") ? words : words + ".";
  }

  /** The BatchJob is gone. */
  public void forget(String uid) {
    collectors.forget(uid);
  }

  /**
   * The job is over: none is to run.
   *
   * @param at when it ended
   */
  public void ended(String namespace, String uid, Instant at, Children children) {
    collectors.ended(namespace, uid, at, children);
  }
}
