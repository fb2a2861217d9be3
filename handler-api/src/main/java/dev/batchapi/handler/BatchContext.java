package dev.batchapi.handler;

import java.time.Instant;
import java.util.Optional;

/**
 * Which batch is being handled.
 *
 * @param id unique over all jobs, the same at every attempt
 * @param index position of the batch in the job, from 0
 * @param attempt 1 for the first; failed attempts count, lost workers do not
 * @param deadline when the batch timeout ends this attempt; empty without a timeout
 */
public record BatchContext(String id, int index, int attempt, Optional<Instant> deadline) {}
