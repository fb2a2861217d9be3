package dev.batchapi.runtime.worker;

import dev.batchapi.contract.RunSpec;
import java.time.Duration;
import java.util.Optional;

/**
 * What a worker is told of its job.
 *
 * @param jobId the BatchJob's uid; prefix of the batch ids
 * @param jobName for log lines
 * @param retry when a batch is tried again
 * @param batchTimeout how long one attempt may take; empty without a limit
 * @param batchSize items of a batch; the last one may have fewer
 */
public record Assignment(
    String jobId,
    String jobName,
    RetryPolicy retry,
    Optional<Duration> batchTimeout,
    int batchSize) {

  /** Of a job whose batches have one item each. */
  public Assignment(
      String jobId, String jobName, RetryPolicy retry, Optional<Duration> batchTimeout) {
    this(jobId, jobName, retry, batchTimeout, 1);
  }

  public static Assignment of(RunSpec run) {
    var retry = run.retry();
    return new Assignment(
        run.job().uid(),
        run.job().name(),
        new RetryPolicy(
            retry.maxAttempts(),
            Duration.ofSeconds(retry.initialBackoffSeconds()),
            Duration.ofSeconds(retry.maxBackoffSeconds()),
            RetryPolicy.DEFAULT_MAX_LOSSES),
        Optional.ofNullable(run.timeouts().batchSeconds()).map(Duration::ofSeconds),
        run.batchSize());
  }
}
