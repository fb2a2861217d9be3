package dev.batchapi.operator.job;

import dev.batchapi.operator.job.WorkerState.Ended;
import dev.batchapi.operator.job.WorkerState.How;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which Jobs are to be made and deleted, so that as many workers work as should. A worker that
 * ended is replaced at once; one that is lost again and again without any progress of the job,
 * slower and slower.
 */
final class Pool {
  /** So many losses in a row without any progress end the job. */
  static final int BOUND = 10;

  /** So many, as long as the job has made no progress at all and handlers can't be constructed. */
  static final int BOUND_BROKEN = 3;

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

  /** How long a container may outlive the rest of its pod. */
  private static final Duration LINGERS = Duration.ofSeconds(30);

  /** Ended Jobs of a worker that stay beside the newest, for their logs. */
  private static final int KEPT = 1;

  private Pool() {}

  /**
   * What is to be done.
   *
   * @param create Jobs to make
   * @param delete names of Jobs to delete
   * @param again after which time to decide again; empty: at the next change
   */
  record Plan(List<NewWorker> create, List<String> delete, Optional<Duration> again) {
    static final Plan NOTHING = new Plan(List.of(), List.of(), Optional.empty());
  }

  /**
   * A Job to make.
   *
   * @param replaces whether a worker was lost in this place
   */
  record NewWorker(int slot, int attempt, int fruitless, boolean replaces) {}

  /**
   * Decides.
   *
   * @param workers as they are
   * @param allowed how many there may be: {@code spec.workers}, or 0 while the job is suspended
   * @param useful how many can find work
   * @param progress of the job: outcomes and failed attempts
   */
  static Plan plan(Workers workers, int allowed, int useful, int progress, Instant now) {
    var newest = workers.newest();
    var create = new ArrayList<NewWorker>();
    var delete = new ArrayList<String>();
    var again = Optional.<Duration>empty();
    var live = newest.values().stream().filter(w -> w.slot() < allowed && w.state().isLive());
    var missing = Math.min(allowed, useful) - (int) live.count();
    for (int slot = 0; slot < allowed && missing > 0; slot++) {
      var worker = newest.get(slot);
      if (worker != null && worker.state().isLive()) {
        continue;
      }
      var wait = worker == null ? Duration.ZERO : pause(workers, worker, progress, now);
      if (wait.isPositive()) {
        again = sooner(again, wait);
      } else {
        create.add(
            worker == null
                ? new NewWorker(slot, 0, 0, false)
                : new NewWorker(slot, worker.attempt() + 1, worker.fruitlessNow(progress), true));
      }
      missing--;
    }
    for (var worker : workers.all()) {
      if (isTooMany(worker, newest, allowed, now)) {
        delete.add(worker.jobName());
      } else if (worker.lingering() && worker.state() instanceof Ended(_, _, var at)) {
        again = sooner(again, Duration.between(now, at.plus(LINGERS)).plusMillis(100));
      }
    }
    return new Plan(create, delete, again);
  }

  /** Losses in a row without progress, of all workers together. */
  static int fruitless(Workers workers, int progress) {
    return workers.newest().values().stream().mapToInt(w -> w.fruitlessNow(progress)).sum();
  }

  /** Whether workers were lost too often for the job to go on. */
  static boolean isHopeless(Workers workers, int progress) {
    var broken =
        workers.all().stream()
            .anyMatch(w -> w.state() instanceof Ended ended && ended.how() == How.HANDLER_BROKEN);
    return fruitless(workers, progress) >= (broken && progress == 0 ? BOUND_BROKEN : BOUND);
  }

  private static Duration pause(Workers workers, Worker worker, int progress, Instant now) {
    if (!(worker.state() instanceof Ended(var how, _, var at))
        || (how != How.LOST && how != How.HANDLER_BROKEN)) {
      return Duration.ZERO;
    }
    var lost = fruitless(workers, progress);
    if (lost <= 1) {
      return Duration.ZERO;
    }
    var pause = Duration.ofSeconds(1L << Math.min(lost - 2, 6));
    var longest = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    return Duration.between(now, at.plus(longest));
  }

  private static boolean isTooMany(
      Worker worker, Map<Integer, Worker> newest, int allowed, Instant now) {
    if (worker.state() instanceof WorkerState.Stopping) {
      return false;
    }
    var latest = newest.getOrDefault(worker.slot(), worker);
    var superseded = latest.attempt() > worker.attempt();
    if (!(worker.state() instanceof Ended(var how, _, var at))) {
      return superseded || worker.slot() >= allowed;
    }
    if (worker.lingering()) {
      return superseded && (how == How.HANDLER_BROKEN || now.isAfter(at.plus(LINGERS)));
    }
    return superseded && latest.attempt() - worker.attempt() > KEPT;
  }

  private static Optional<Duration> sooner(Optional<Duration> one, Duration other) {
    return one.filter(o -> o.compareTo(other) <= 0).or(() -> Optional.of(other));
  }
}
