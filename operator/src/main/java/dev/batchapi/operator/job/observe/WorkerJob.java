package dev.batchapi.operator.job.observe;

import dev.batchapi.contract.LossPolicy;
import dev.batchapi.operator.job.observe.WorkerState.Ended;
import dev.batchapi.operator.pod.Labels;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;

/**
 * One Job of one worker.
 *
 * @param jobName of the {@code batch/v1} Job
 * @param slot the worker's place among the workers, from 0
 * @param attempt how many Jobs of this worker came before it
 * @param before what became of those
 * @param progress the BatchJob's progress when it was made
 * @param made when it was made
 * @param state where it is
 * @param lingering whether a container of it still runs, whatever the state
 */
public record WorkerJob(
    String jobName,
    int slot,
    int attempt,
    InARow before,
    int progress,
    Instant made,
    WorkerState state,
    boolean lingering) {

  /**
   * Jobs of one place that ended in a row without anything having come of them.
   *
   * @param losses that count against the place: {@link LossPolicy}
   * @param disruptions that count for nothing, and are paced all the same
   */
  public record InARow(int losses, int disruptions) {
    public static final InARow NONE = new InARow(0, 0);
  }

  /** The same counts, this Job's own end included. */
  public InARow now(int progressNow) {
    var progressed = progress != progressNow;
    var idle = progressed ? InARow.NONE : before;
    if (state instanceof WorkerState.Stopping) {
      return new InARow(idle.losses, idle.disruptions + 1);
    }
    if (!(state instanceof Ended ended)) {
      return before;
    }
    return switch (ended.how()) {
      case DONE, HANDLER_INVALID, TAMPERED, STORE_REFUSED -> idle;
      case DISRUPTED -> new InARow(idle.losses, idle.disruptions + 1);
      case HANDLER_BROKEN -> lost(LossPolicy.Loss.CONSTRUCTION, progressed);
      case NEVER_STARTED -> lost(LossPolicy.Loss.UNSTARTED, progressed);
      case LOST -> lost(LossPolicy.Loss.RUNNING, progressed);
    };
  }

  private InARow lost(LossPolicy.Loss loss, boolean progressed) {
    return new InARow(LossPolicy.inARow(before.losses, loss, progressed), 0);
  }

  public boolean ended(WorkerState.How how) {
    return state instanceof Ended ended && ended.how() == how;
  }

  /** Whether a Job is a worker of the BatchJob with this uid. */
  public static boolean isOf(Job job, String uid) {
    return uid.equals(Labels.of(job, Labels.JOB_UID))
        && job.getMetadata().getOwnerReferences().stream().anyMatch(o -> uid.equals(o.getUid()));
  }
}
