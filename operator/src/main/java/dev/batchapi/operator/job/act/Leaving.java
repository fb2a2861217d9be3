package dev.batchapi.operator.job.act;

import dev.batchapi.operator.job.observe.WorkerJob;
import dev.batchapi.operator.job.observe.WorkerState;
import dev.batchapi.operator.job.observe.Workers;
import dev.batchapi.queue.End;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The workers of a job that has its end: they are told to leave, and those that don't are taken
 * away.
 */
public final class Leaving {
  /** How long workers may take to leave by themselves after an ordinary end. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Leaving() {}

  /** Whether the workers of a job that ends so had done all they could. */
  public static boolean isInOrder(End.Verdict verdict) {
    return switch (verdict) {
      case Complete, BatchesFailed, ItemsFailed, OnJobCompleteFailed -> true;
      case TooManyFailures,
          DeadlineExceeded,
          Cancelled,
          HandlerInvalid,
          WorkersFailed,
          RunTampered,
          QueueMisused ->
          false;
    };
  }

  /**
   * Takes those away that have had their time.
   *
   * @param inOrder whether they had done all they could; one that was stopped leaves them no time:
   *     what they do has no effect any more
   * @param ended when
   * @return when to look again; empty: there is none that has to leave
   */
  public static Optional<Duration> see(
      String namespace,
      Workers workers,
      boolean inOrder,
      Instant ended,
      Instant now,
      KubernetesClient client)
      throws InterruptedException {
    var running =
        workers.running().filter(w -> !(w.state() instanceof WorkerState.Stopping)).toList();
    if (running.isEmpty()) {
      return Optional.empty();
    }
    var left = inOrder ? Duration.between(now, ended.plus(PATIENCE)) : Duration.ZERO;
    if (left.isPositive()) {
      return Optional.of(left);
    }
    new WorkerActions(client).delete(namespace, running.stream().map(WorkerJob::jobName).toList());
    return Optional.empty();
  }
}
