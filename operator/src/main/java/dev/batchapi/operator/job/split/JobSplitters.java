package dev.batchapi.operator.job.split;

import dev.batchapi.data.collect.OutputFolder;
import dev.batchapi.data.split.SplitArguments;
import dev.batchapi.operator.job.observe.JobMemory;
import dev.batchapi.operator.job.program.ProgramRuns.Children;
import dev.batchapi.operator.pod.JobId;
import dev.batchapi.operator.pod.ProgramPlan;
import dev.batchapi.operator.status.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The splitters of one job that is not accepted. That there was one is remembered, for its Job does
 * not stay: it may have taken the folder of the job's output.
 */
public final class JobSplitters {
  /** A store that is away as long as this need not be waited for by who wants to know the end. */
  private static final Duration GIVEN_BACK_BY = Duration.ofMinutes(2);

  private static final String UNKNOWN =
      ", for its BatchAPI, with whose rights it was taken, is gone or has changed";

  private final Splitting splitting;
  private final JobMemory memory;
  private final String uid;
  private final Children children;

  /**
   * As they are seen in one pass.
   *
   * @param uid of the BatchJob
   * @param children of the BatchJob, splitters or not
   */
  public JobSplitters(Splitting splitting, JobMemory memory, String uid, Children children) {
    this.splitting = splitting;
    this.memory = memory;
    this.uid = uid;
    this.children = children;
  }

  /** Looks how far it is, and makes what is missing. */
  public SplitResult next(ProgramPlan plan) {
    var output = SplitArguments.read(plan.arguments()).output();
    if (output != null) {
      memory.folders.add(output.folder());
    }
    var result = splitting.next(asked(plan), children);
    if (!(result instanceof SplitResult.Underway underway)
        || underway.reason() != Reason.QueueUnavailable) {
      memory.hadSplitter = true; // no cache need have its Job yet
    }
    return result instanceof SplitResult.Bad bad
            && bad.owner() != null
            && memory.takesOverFrom == null
        ? taken(bad, bad.owner(), output)
        : result;
  }

  private ProgramPlan asked(ProgramPlan plan) {
    var gone = memory.takesOverFrom;
    return gone == null
        ? plan
        : plan.told(SplitArguments.read(plan.arguments()).after(gone).toJson());
  }

  /** A job that was deleted can't give its folder back: the next one takes it over. */
  private SplitResult taken(
      SplitResult.Bad taken, OutputFolder.Owner owner, SplitArguments.@Nullable Output output) {
    // What a splitter says may be said by others with its credentials, too.
    if (output == null || output.cluster() == null || !output.cluster().equals(owner.cluster())) {
      return taken;
    }
    var whose =
        "The folder of its output was taken by BatchJob \"%s\" in namespace \"%s\", which was deleted"
            .formatted(owner.name(), owner.namespace());
    return switch (splitting.gone().look(output.folder(), owner, uid, children.client())) {
      case THERE -> taken;
      case INHERITED ->
          new SplitResult.Bad(
              taken.reason(),
              whose + ", and another BatchJob takes it over: name another folder.",
              true,
              null);
      case LEAVING ->
          new SplitResult.Underway(
              Reason.CheckingOutput, whose + ". It is taken over when no pod of that one is left.");
      case GONE -> {
        memory.takesOverFrom = owner;
        yield new SplitResult.Underway(Reason.CheckingOutput, whose + ". It is taken over.");
      }
    };
  }

  /**
   * Nobody asks how far they are now.
   *
   * @param api the BatchAPI's name
   */
  public void keep(JobId job, String api) {
    splitting.keep(job, api, children);
  }

  /** None is to run for now. */
  public void hold() {
    see();
    splitting.hold(uid, children);
  }

  /**
   * The job will not run: the folder of its output is another job's to take when this one has
   * ended. What is remembered is found again by another process, which has the job looked at once
   * more.
   *
   * @param named the folder that the job itself names, if it does
   * @param toGiveBack asks for the splitter that gives it back; empty if it has no output, or if
   *     nobody knows any more with whose rights it was taken
   * @return what its end says; empty: it is not to end yet
   */
  public Optional<String> leave(
      JobMemory.Rejection rejection,
      Optional<String> named,
      Supplier<Optional<ProgramPlan>> toGiveBack,
      Instant now) {
    see();
    var plan = memory.hadSplitter ? toGiveBack.get() : Optional.<ProgramPlan>empty();
    if (memory.rejection == null && plan.isEmpty()) {
      return Optional.of(rejection.message() + (memory.hadSplitter ? stays(named, UNKNOWN) : ""));
    }
    memory.rejection = rejection;
    if (plan.isEmpty()) {
      return Optional.of(rejection.message() + stays(named, UNKNOWN));
    }
    var given = splitting.leave(plan.get(), children);
    var output =
        Objects.requireNonNull(SplitArguments.read(plan.get().arguments()).output(), "no output");
    if (given instanceof SplitResult.Done) {
      memory.folders.remove(output.folder());
      return Optional.of(rejection.message() + stays(Optional.empty(), UNKNOWN));
    }
    memory.folders.add(output.folder());
    return !(given instanceof SplitResult.Underway)
            || now.isAfter(rejection.since().plus(GIVEN_BACK_BY))
        ? Optional.of(rejection.message() + stays(named, ""))
        : Optional.empty();
  }

  /**
   * What its end says of folders that nobody gives back; nothing if there is none.
   *
   * @param named where it is not known what the splitters were told: another process had them made
   */
  private String stays(Optional<String> named, String why) {
    var folders = memory.folders.isEmpty() ? named.stream().toList() : memory.folders;
    return folders.isEmpty()
        ? ""
        : " The folder of its output, %s, could not be given back%s: the next job of this cluster that names it takes it over when this BatchJob is deleted; or, if nothing else writes there, delete .batches/owner.json in it."
            .formatted(String.join(" and ", folders), why);
  }

  private void see() {
    memory.hadSplitter = memory.hadSplitter || Splitting.hasBegun(uid, children);
  }
}
