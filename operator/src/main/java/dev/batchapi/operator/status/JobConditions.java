package dev.batchapi.operator.status;

import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.crds.Condition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The types of a BatchJob's conditions, and how to look them up. */
public final class JobConditions {
  public static final String ACCEPTED = "Accepted";
  public static final String ENQUEUED = "Enqueued";
  public static final String WORKERS_READY = "WorkersReady";
  public static final String WAITING = "Waiting";
  public static final String SUSPENDED = "Suspended";
  public static final String OUTPUT_WRITTEN = "OutputWritten";
  public static final String STORAGE_AVAILABLE = "StorageAvailable";
  public static final String FINISHED = "Finished";
  public static final String COMPLETE = "Complete";
  public static final String FAILED = "Failed";

  private JobConditions() {}

  public static Optional<Condition> condition(@Nullable BatchJobStatus status, String type) {
    List<Condition> all =
        status == null || status.conditions() == null ? List.of() : status.conditions();
    return all.stream().filter(c -> c.type().equals(type)).findFirst();
  }

  public static boolean isTrue(@Nullable BatchJobStatus status, String type) {
    return condition(status, type).filter(c -> c.status() == Condition.Status.TRUE).isPresent();
  }

  public static boolean isFinished(@Nullable BatchJobStatus status) {
    return isTrue(status, FINISHED);
  }

  /** Whether the ledger has nothing of a job that ended so, or nothing that could be believed. */
  public static boolean isWithoutRecord(Condition finished) {
    return finished.reason().equals(Reason.QueueMisused.name())
        || finished.reason().equals(Reason.RunTampered.name());
  }

  /** Collects the conditions of one status. */
  public static final class Conditions {
    private final List<Condition> all = new ArrayList<>();
    private final Instant now;
    private final @Nullable Long generation;

    public Conditions(Instant now, @Nullable Long generation) {
      this.now = now;
      this.generation = generation;
    }

    public Conditions add(String type, Condition.Status status, Reason reason, String message) {
      all.add(new Condition(type, status, reason.name(), message, now.toString(), generation));
      return this;
    }

    public List<Condition> all() {
      return all;
    }
  }
}
