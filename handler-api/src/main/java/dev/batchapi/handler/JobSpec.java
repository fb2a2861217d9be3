package dev.batchapi.handler;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The job that a worker works for.
 *
 * @param jobId the BatchJob's uid
 * @param jobName the BatchJob's name
 * @param namespace the BatchJob's namespace
 * @param apiName the BatchAPI's name
 * @param kind always {@code BatchAPI}, as in Cortex
 * @param workers how many workers the job asked for when it was accepted
 * @param config the BatchAPI's {@code handler.config} with the job's merged over it; maps, lists,
 *     strings, numbers, booleans and nulls
 * @param totalBatchCount how many batches the job has
 * @param startTime when the job was accepted
 */
public record JobSpec(
    String jobId,
    String jobName,
    String namespace,
    String apiName,
    String kind,
    int workers,
    Map<String, @Nullable Object> config,
    int totalBatchCount,
    Instant startTime) {}
