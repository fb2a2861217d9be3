package dev.batchapi.runtime.worker;

import dev.batchapi.contract.RunSpec;
import dev.batchapi.queue.Rate;
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
 * @param itemResults whether a list that a handler returns has one result for each item
 * @param rate the rate limit of all of the job's workers; empty without one
 * @param workers how many the job was given, at least 1
 */
public record Assignment(
    String jobId,
    String jobName,
    RetryPolicy retry,
    Optional<Duration> batchTimeout,
    int batchSize,
    boolean itemResults,
    Optional<Rate> rate,
    int workers) {

  /** Of a job whose batches have one item each. */
  public Assignment(
      String jobId, String jobName, RetryPolicy retry, Optional<Duration> batchTimeout) {
    this(jobId, jobName, retry, batchTimeout, 1, true, Optional.empty(), 1);
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
        run.batchSize(),
        run.handler().results() == RunSpec.Results.ITEM,
        Optional.ofNullable(run.rateLimit()).map(limit -> rate(limit, run.batchSize())),
        run.job().workers());
  }

  private static Rate rate(RunSpec.RateLimit limit, int batchSize) {
    return new Rate(limit, Math.max(batchSize, RateShare.largestChunk(limit.perSecond())));
  }
}
