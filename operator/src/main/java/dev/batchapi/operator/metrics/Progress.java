package dev.batchapi.operator.metrics;

/**
 * How far a job is.
 *
 * @param phase as in its status, such as {@code Running}
 * @param total batches
 * @param succeeded batches with a result
 * @param failed batches given up
 * @param failedAttempts of all batches together
 * @param workersReady with a handler constructed
 * @param workersPending started, not ready yet
 * @param workersLost so far
 */
public record Progress(
    String uid,
    String namespace,
    String api,
    String phase,
    int total,
    int succeeded,
    int failed,
    int failedAttempts,
    int workersReady,
    int workersPending,
    int workersLost) {

  /** A job of which nothing has been seen yet. */
  static Progress none(Progress of) {
    return new Progress(of.uid(), of.namespace(), of.api(), "", 0, 0, 0, 0, 0, 0, 0);
  }
}
