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
 * @param itemsSucceeded items of batches with an outcome that did not fail
 * @param itemsFailed items that failed alone or with their batch
 * @param waiting for what its workers wait most of the time, such as {@code RateLimit}; empty if
 *     they don't
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
    int workersLost,
    int itemsSucceeded,
    int itemsFailed,
    String waiting) {

  /** Of a job of whose items and waits nothing is known. */
  public Progress(
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
    this(
        uid,
        namespace,
        api,
        phase,
        total,
        succeeded,
        failed,
        failedAttempts,
        workersReady,
        workersPending,
        workersLost,
        0,
        0,
        "");
  }

  /** A job of which nothing has been seen yet. */
  static Progress none(Progress of) {
    return new Progress(of.uid(), of.namespace(), of.api(), "", 0, 0, 0, 0, 0, 0, 0);
  }
}
