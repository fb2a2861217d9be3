/**
 * Metrics of a handler, over UDP to a StatsD server: nothing lost when a short job ends, and
 * nothing that a handler passes can harm the server. See {@link
 * dev.batchapi.metrics.StatsdMetrics}.
 */
@NullMarked
package dev.batchapi.metrics;

import org.jspecify.annotations.NullMarked;
