package dev.batchapi.operator.job.observe;

import dev.batchapi.operator.status.Reason;

/**
 * What keeps a worker, a splitter or a collector from starting.
 *
 * @param reason of the condition that says so
 * @param message in the words of who knows: kubelet, scheduler, API server
 */
public record Trouble(Reason reason, String message) {}
