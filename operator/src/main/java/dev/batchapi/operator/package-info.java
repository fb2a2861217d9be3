/**
 * The operator: turns BatchAPIs and BatchJobs into Jobs and work in the queue, and says in their
 * status how far they are.
 *
 * <p>Each reconciler's package is read in the order of its phases: observe, decide, act, status.
 */
@NullMarked
package dev.batchapi.operator;

import org.jspecify.annotations.NullMarked;
