/**
 * Queue and ledger of one process, the laptop's: what waits is in memory, results are in a file
 * without a name. Nothing outlives the process.
 */
@NullMarked
package dev.batchapi.queue.memory;

import org.jspecify.annotations.NullMarked;
