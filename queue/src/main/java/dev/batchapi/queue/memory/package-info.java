/** Queue and ledger in one process's memory: the laptop's. Nothing outlives the process. */
@NullMarked
package dev.batchapi.queue.memory;

import org.jspecify.annotations.NullMarked;
