/**
 * The laptop: the command line, and a job run in this process with its hosts as children. It owns
 * the job as the operator does in a cluster, over the same ledger and with the same worker.
 */
@NullMarked
package dev.batchapi.runtime.local;

import org.jspecify.annotations.NullMarked;
