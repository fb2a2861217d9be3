package dev.batchapi.operator.job;

/**
 * One Job of one worker.
 *
 * @param jobName of the {@code batch/v1} Job
 * @param slot the worker's place among the workers, from 0
 * @param attempt how many Jobs of this worker came before it
 * @param fruitless how many Jobs in a row of this worker were lost before it without any progress
 * @param progress the BatchJob's progress when it was made
 * @param state where it is
 * @param lingering whether a container of it still runs, whatever the state
 */
record Worker(
    String jobName,
    int slot,
    int attempt,
    int fruitless,
    int progress,
    WorkerState state,
    boolean lingering) {

  /** The same count, this Job's own loss included; any progress since starts it anew. */
  int fruitlessNow(int progressNow) {
    if (!(state instanceof WorkerState.Ended ended)) {
      return progress == progressNow ? fruitless : 0;
    }
    var before = progress == progressNow ? fruitless : 0;
    return switch (ended.how()) {
      case DONE, DISRUPTED, HANDLER_INVALID, TAMPERED -> before;
      case HANDLER_BROKEN, LOST -> progress == progressNow ? before + 1 : 0;
    };
  }
}
