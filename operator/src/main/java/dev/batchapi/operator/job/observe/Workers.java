package dev.batchapi.operator.job.observe;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A job's workers, each with the Jobs that it has had.
 *
 * @param all every Job that is left, by worker and attempt
 * @param refusal why the API server refused the last Job that was to be made
 */
public record Workers(List<WorkerJob> all, Optional<Trouble> refusal) {

  public Workers {
    all =
        all.stream()
            .sorted(Comparator.comparingInt(WorkerJob::slot).thenComparingInt(WorkerJob::attempt))
            .toList();
  }

  /** The newest Job of each worker, by its place. */
  public Map<Integer, WorkerJob> newest() {
    var newest = new TreeMap<Integer, WorkerJob>();
    all.forEach(worker -> newest.put(worker.slot(), worker));
    return newest;
  }

  /** How many Jobs were made in place of one that was lost, as far as they are still there. */
  public int replacements() {
    return current().stream().mapToInt(WorkerJob::attempt).sum();
  }

  private Collection<WorkerJob> current() {
    return newest().values();
  }

  public int ready() {
    return count(WorkerState.Ready.class);
  }

  int starting() {
    return count(WorkerState.Starting.class);
  }

  public int pending() {
    return count(WorkerState.Pending.class) + count(WorkerState.Starting.class);
  }

  private int count(Class<? extends WorkerState> state) {
    return (int) current().stream().filter(w -> state.isInstance(w.state())).count();
  }

  public int live() {
    return (int) current().stream().filter(w -> w.state().isLive()).count();
  }

  /** Whether one may get into trouble without any event that is watched. */
  public boolean needLooking() {
    return current().stream()
        .anyMatch(
            w ->
                switch (w.state()) {
                  case WorkerState.Pending(_, var unseen) -> unseen;
                  case WorkerState.Starting _ -> true; // see PodReading.WORKER_FOLLOWS
                  default -> false;
                });
  }

  /** Jobs that have not ended, superseded ones too. */
  public Stream<WorkerJob> running() {
    return all.stream().filter(w -> !(w.state() instanceof WorkerState.Ended) || w.lingering());
  }

  /** The first trouble of a worker that can't start. */
  public Optional<Trouble> trouble() {
    return current().stream()
        .flatMap(
            w ->
                w.state() instanceof WorkerState.Pending(var trouble, _)
                    ? trouble.stream()
                    : Stream.empty())
        .findFirst()
        .or(() -> refusal);
  }

  /** Last words of the first that ended so. */
  public Optional<String> lastWords(WorkerState.How how) {
    return ended(how).map(WorkerState.Ended::lastWords).findFirst();
  }

  /** Last words of the newest that was lost for whatever reason. */
  public Optional<String> latestLoss() {
    return Stream.of(
            WorkerState.How.HANDLER_BROKEN,
            WorkerState.How.NEVER_STARTED,
            WorkerState.How.DISRUPTED,
            WorkerState.How.LOST)
        .flatMap(this::ended)
        .max(Comparator.comparing(WorkerState.Ended::at))
        .map(WorkerState.Ended::lastWords);
  }

  private Stream<WorkerState.Ended> ended(WorkerState.How how) {
    return all.stream()
        .flatMap(
            w ->
                w.state() instanceof WorkerState.Ended ended && ended.how() == how
                    ? Stream.of(ended)
                    : Stream.empty());
  }
}
