package dev.batchapi.operator.job.decide;

import dev.batchapi.contract.LossPolicy;
import dev.batchapi.contract.LossPolicy.Outlook;
import dev.batchapi.operator.job.observe.Observation;
import dev.batchapi.operator.job.observe.WorkerJob;
import dev.batchapi.operator.job.observe.WorkerJob.InARow;
import dev.batchapi.operator.job.observe.WorkerState;
import dev.batchapi.operator.job.observe.WorkerState.Ended;
import dev.batchapi.operator.job.observe.WorkerState.How;
import dev.batchapi.operator.job.observe.Workers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which Jobs are to be made and deleted, so that as many workers work as should, and whether there
 * is any use in it. A worker that ended is replaced at once; one whose place loses it again and
 * again, slower and slower: {@link LossPolicy}.
 *
 * @param workers as they are
 * @param allowed how many there may be: {@code spec.workers}, or 0 while the job is suspended
 * @param useful how many can find work
 * @param progress of the job: outcomes and failed attempts
 */
public record WorkerPlan(Workers workers, int allowed, int useful, int progress) {

  /** How long a container may outlive the rest of its pod. */
  private static final Duration LINGERS = Duration.ofSeconds(30);

  /** Ended Jobs of a worker that stay beside the newest, for their logs. */
  private static final int KEPT = 1;

  public static WorkerPlan of(Observation seen) {
    return new WorkerPlan(
        seen.workers(), seen.allowedWorkers(), seen.usefulWorkers(), seen.progress());
  }

  /**
   * What is to be done.
   *
   * @param create Jobs to make
   * @param delete names of Jobs to delete
   * @param again after which time, more than zero, to decide again; empty: at the next change
   */
  public record Plan(List<NewWorker> create, List<String> delete, Optional<Duration> again) {
    static final Plan NOTHING = new Plan(List.of(), List.of(), Optional.empty());
  }

  /**
   * A Job to make.
   *
   * @param before what became of this place's Jobs so far
   * @param replaces whether a worker was lost in this place
   */
  public record NewWorker(int slot, int attempt, InARow before, boolean replaces) {}

  /** One place in which a worker is wanted; its newest Job, if it ever had one. */
  private record Place(int slot, Optional<WorkerJob> newest) {
    boolean isLive() {
      return newest.filter(worker -> worker.state().isLive()).isPresent();
    }

    InARow inARow(int progress) {
      return newest.map(worker -> worker.now(progress)).orElse(InARow.NONE);
    }
  }

  /** Which workers to create and to delete, and when the next look is due. */
  public Plan plan(Instant now) {
    var create = new ArrayList<NewWorker>();
    var delete = new ArrayList<String>();
    var again = Optional.<Duration>empty();
    var inPlay = inPlay();
    for (var place : inPlay) {
      if (place.isLive()) {
        continue;
      }
      var wait = place.newest().map(worker -> pause(worker, now)).orElse(Duration.ZERO);
      if (wait.isPositive()) {
        again = sooner(again, wait);
      } else {
        create.add(successor(place));
      }
    }
    var newest = workers.newest();
    var wanted = inPlay.stream().map(Place::slot).collect(Collectors.toSet());
    for (var worker : workers.all()) {
      var later = newest.getOrDefault(worker.slot(), worker).attempt() - worker.attempt();
      if (isTooMany(worker, later, wanted, now)) {
        delete.add(worker.jobName());
      } else if (worker.lingering()
          && worker.state() instanceof Ended ended
          && lingersFor(ended, now).isPositive()) {
        again = sooner(again, lingersFor(ended, now));
      }
    }
    return new Plan(create, delete, again);
  }

  private NewWorker successor(Place place) {
    return place
        .newest()
        .map(
            worker -> new NewWorker(place.slot(), worker.attempt() + 1, worker.now(progress), true))
        .orElseGet(() -> new NewWorker(place.slot(), 0, InARow.NONE, false));
  }

  /**
   * The places that count: those with a live worker, and as many others as are wanted. Of those,
   * first the ones that have not lost all their chances.
   */
  private List<Place> inPlay() {
    var places = new ArrayList<Place>();
    var fair = new ArrayList<Place>();
    var spent = new ArrayList<Place>();
    var broken = broken();
    var newest = workers.newest();
    var wanted = Math.min(allowed, useful);
    for (int slot = 0; slot < allowed; slot++) {
      var place = new Place(slot, Optional.ofNullable(newest.get(slot)));
      if (place.isLive()) {
        places.add(place);
      } else if (slot < wanted || place.newest().isPresent()) {
        (isSpent(place, broken) ? spent : fair).add(place);
      }
    }
    fair.addAll(spent);
    var missing = Math.clamp(wanted - places.size(), 0, fair.size());
    places.addAll(fair.subList(0, missing));
    return places;
  }

  /** Places in which a handler could not be constructed. */
  private Set<Integer> broken() {
    var slots = new HashSet<Integer>();
    for (var worker : workers.all()) {
      if (worker.ended(How.HANDLER_BROKEN)) {
        slots.add(worker.slot());
      }
    }
    return slots;
  }

  private boolean isSpent(Place place, Set<Integer> broken) {
    return LossPolicy.isSpent(
        place.inARow(progress).losses(), broken.contains(place.slot()), progress > 0);
  }

  /**
   * Why there is no use in going on.
   *
   * @param places in which workers were tried
   * @param rounds how often each of them has lost its worker in a row, at the least
   */
  record Hopeless(int places, int rounds) {}

  /** Whether workers were lost too often, in every place, for the job to go on. */
  Optional<Hopeless> hopeless() {
    var broken = broken();
    var places = inPlay();
    var outlooks = places.stream().map(place -> outlook(place, broken)).toList();
    return LossPolicy.isHopeless(outlooks)
        ? Optional.of(
            new Hopeless(
                Collections.frequency(outlooks, Outlook.SPENT),
                places.stream()
                    .mapToInt(place -> place.inARow(progress).losses())
                    .filter(losses -> losses > 0)
                    .min()
                    .orElse(0)))
        : Optional.empty();
  }

  private Outlook outlook(Place place, Set<Integer> broken) {
    var state = place.newest().map(WorkerJob::state);
    if (state.isEmpty()) {
      return workers.refusal().isPresent() ? Outlook.NONE : Outlook.FAIR;
    }
    if (state.get() instanceof WorkerState.Ready) {
      return Outlook.FAIR;
    }
    if (isSpent(place, broken)) {
      return Outlook.SPENT;
    }
    return state.get() instanceof WorkerState.Pending(var trouble, _) && trouble.isPresent()
        ? Outlook.NONE
        : Outlook.FAIR;
  }

  private Duration pause(WorkerJob worker, Instant now) {
    var inARow = worker.now(progress);
    if (!(worker.state() instanceof Ended ended)) {
      return disrupted(worker, inARow, now);
    }
    return switch (ended.how()) {
      case DONE, HANDLER_INVALID, TAMPERED, STORE_REFUSED -> Duration.ZERO;
      case DISRUPTED -> disrupted(worker, inARow, now);
      case HANDLER_BROKEN, NEVER_STARTED, LOST ->
          Duration.between(now, ended.at().plus(LossPolicy.pause(inARow.losses())));
    };
  }

  /**
   * From when it was made, not ended: one that was left in peace for a while is replaced at once.
   */
  private static Duration disrupted(WorkerJob worker, InARow inARow, Instant now) {
    return Duration.between(now, worker.made().plus(LossPolicy.pause(inARow.disruptions())));
  }

  /**
   * Whether a Job is to be deleted.
   *
   * @param later how many Jobs came after it in its place
   * @param wanted places that are to have a worker
   */
  private boolean isTooMany(WorkerJob worker, int later, Set<Integer> wanted, Instant now) {
    if (worker.state() instanceof WorkerState.Stopping) {
      return false;
    }
    if (!(worker.state() instanceof Ended ended)) {
      return later > 0 || worker.slot() >= allowed;
    }
    if (worker.lingering()) {
      if (later > 0 && ended.how() == How.HANDLER_BROKEN) {
        return true;
      }
      // One that is still to be replaced keeps its Job until then: it says how often that was
      // tried.
      return (later > 0 || !wanted.contains(worker.slot())) && !lingersFor(ended, now).isPositive();
    }
    return later > KEPT;
  }

  private static Duration lingersFor(Ended ended, Instant now) {
    return Duration.between(now, ended.at().plus(LINGERS));
  }

  private static Optional<Duration> sooner(Optional<Duration> one, Duration other) {
    return one.filter(o -> o.compareTo(other) <= 0).or(() -> Optional.of(other));
  }
}
