/**
 * The queue and ledger of batches: who works on what, and how each batch ended.
 *
 * <p>{@link dev.batchapi.queue.Ledger} is the owner's side (the operator, the laptop's runner),
 * {@link dev.batchapi.queue.WorkQueue} a worker's. A job is named by its BatchJob's uid everywhere.
 * A batch may be handed out more than once; it has one outcome, the first that was committed.
 */
@NullMarked
package dev.batchapi.queue;

import org.jspecify.annotations.NullMarked;
