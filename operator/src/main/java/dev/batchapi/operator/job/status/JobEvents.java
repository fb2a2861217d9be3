package dev.batchapi.operator.job.status;

import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.crds.Condition;
import dev.batchapi.operator.job.observe.FailedBatches;
import dev.batchapi.operator.kube.Events.Kind;
import dev.batchapi.operator.status.JobConditions;
import dev.batchapi.operator.status.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a person would want to have seen happen, from one status to the next; bounded. */
public final class JobEvents {
  /** At most so many lost workers get an Event each; later ones show in the condition only. */
  private static final int LOSSES_TOLD = 10;

  private JobEvents() {}

  /** Something that happened. */
  public record Item(Kind kind, String reason, String note) {}

  /**
   * What became true from one status to the next, for Events.
   *
   * @param lastLoss last words of the worker that was lost last, or empty; asked for only if one
   *     was
   */
  public static List<Item> between(
      @Nullable BatchJobStatus before, BatchJobStatus after, Supplier<Optional<String>> lastLoss) {
    var news = new ArrayList<Item>();
    for (var condition : Objects.requireNonNullElse(after.conditions(), List.<Condition>of())) {
      ofCondition(before, condition, news);
    }
    output(before, after, news);
    failures(before, after, news);
    losses(before, after, lastLoss, news);
    return news.stream().distinct().toList(); // a rejection is Accepted and Failed in one
  }

  private static void ofCondition(
      @Nullable BatchJobStatus before, Condition condition, List<Item> news) {
    var same =
        JobConditions.condition(before, condition.type())
            .filter(c -> c.status() == condition.status() && c.reason().equals(condition.reason()))
            .isPresent();
    if (same || condition.reason().equals(Reason.Finished.name())) {
      return;
    }
    var holds = condition.status() == Condition.Status.TRUE;
    switch (condition.type()) {
      case JobConditions.ACCEPTED ->
          news.add(
              new Item(
                  holds || isOnItsWay(condition) ? Kind.NORMAL : Kind.WARNING,
                  condition.reason(),
                  condition.message()));
      case JobConditions.COMPLETE, JobConditions.FAILED ->
          news.add(
              new Item(
                  condition.type().equals(JobConditions.COMPLETE) ? Kind.NORMAL : Kind.WARNING,
                  condition.reason(),
                  condition.message()));
      case JobConditions.OUTPUT_WRITTEN -> {
        if (holds) {
          news.add(new Item(Kind.NORMAL, condition.reason(), condition.message()));
        } else if (!condition.reason().equals(Reason.Collecting.name())
            && !condition.reason().equals(Reason.Suspended.name())) {
          news.add(new Item(Kind.WARNING, condition.reason(), condition.message()));
        }
      }
      case JobConditions.SUSPENDED ->
          news.add(new Item(Kind.NORMAL, condition.reason(), condition.message()));
      case JobConditions.WORKERS_READY -> {
        if (holds && !JobConditions.isTrue(before, JobConditions.WORKERS_READY)) {
          news.add(new Item(Kind.NORMAL, Reason.WorkersReady.name(), condition.message()));
        } else if (!holds
            && !condition.reason().equals(Reason.Starting.name())
            && !condition.reason().equals(Reason.Suspended.name())) {
          news.add(new Item(Kind.WARNING, condition.reason(), condition.message()));
        }
      }
      case JobConditions.WAITING -> {
        // That it began, once: a job near its limit waits now and then.
        if (holds && JobConditions.condition(before, JobConditions.WAITING).isEmpty()) {
          news.add(new Item(Kind.NORMAL, condition.reason(), condition.message()));
        }
      }
      case JobConditions.STORAGE_AVAILABLE -> {
        // Once as well: a store may be away for some workers, or for some moments, all day.
        if (!holds && JobConditions.condition(before, JobConditions.STORAGE_AVAILABLE).isEmpty()) {
          news.add(new Item(Kind.WARNING, condition.reason(), condition.message()));
        }
      }
      case JobConditions.ENQUEUED -> {
        if (!holds
            && !condition.reason().equals(Reason.Enqueuing.name())
            && !condition.reason().equals(Reason.Suspended.name())) {
          news.add(new Item(Kind.WARNING, condition.reason(), condition.message()));
        }
      }
      default -> {}
    }
  }

  private static boolean isOnItsWay(Condition condition) {
    return condition.reason().equals(Reason.Splitting.name())
        || condition.reason().equals(Reason.CheckingOutput.name());
  }

  private static void output(
      @Nullable BatchJobStatus before, BatchJobStatus after, List<Item> news) {
    var output = after.output();
    if (output != null
        && output.configMap() != null
        && (before == null || before.output() == null)) {
      news.add(
          new Item(
              Kind.NORMAL,
              Reason.ResultsWritten.name(),
              "Results and errors are in ConfigMap \"%s\".".formatted(output.configMap())));
    }
  }

  private static void failures(
      @Nullable BatchJobStatus before, BatchJobStatus after, List<Item> news) {
    var told = before == null || before.failures() == null ? List.of() : before.failures();
    var now = after.failures() == null ? List.<BatchJobStatus.Failure>of() : after.failures();
    for (var failure : now) {
      if (!told.contains(failure) && told.size() < FailedBatches.SHOWN) {
        news.add(
            new Item(
                Kind.WARNING,
                failure.item() == null ? Reason.BatchFailed.name() : Reason.ItemFailed.name(),
                "%s failed after %d attempt%s: %s: %s"
                    .formatted(
                        what(failure),
                        failure.attempts(),
                        failure.attempts() == 1 ? "" : "s",
                        failure.reason(),
                        failure.message())));
      }
    }
    if (now.size() == FailedBatches.SHOWN && told.size() < FailedBatches.SHOWN) {
      news.add(
          new Item(
              Kind.WARNING,
              Reason.BatchesFailed.name(),
              "More may fail from here on; status.batches.failed and status.items.failed count"
                  + " them."));
    }
  }

  private static String what(BatchJobStatus.Failure failure) {
    return failure.item() == null
        ? "Batch " + failure.index()
        : "Item %d of batch %d".formatted(failure.item(), failure.index());
  }

  private static void losses(
      @Nullable BatchJobStatus before,
      BatchJobStatus after,
      Supplier<Optional<String>> lastLoss,
      List<Item> news) {
    var told = before == null || before.workers() == null ? 0 : before.workers().lost();
    var now = after.workers() == null ? 0 : after.workers().lost();
    if (now > told && told < LOSSES_TOLD) {
      var words = lastLoss.get().map(w -> "The last one said: " + w).orElse("");
      news.add(
          new Item(
              Kind.WARNING,
              Reason.WorkerLost.name(),
              "%d workers were lost so far and replaced. %s".formatted(now, words).strip()));
    }
  }
}
