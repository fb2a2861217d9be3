package dev.batchapi.queue;

import java.time.Instant;

/**
 * That a job's workers wait most of the time, and not for their handler.
 *
 * @param what for what
 * @param why in the handler's own words, cut; empty if there are none
 * @param at when one of them said so last, by the queue's clock
 */
public record Waiting(For what, String why, Instant at) {
  /** What workers wait for. The names are those of the record. */
  public enum For {
    /** Permits of the job's rate limit. */
    RateLimit,
    /** The time after which the handler asked to be called again. */
    RetryLater
  }
}
