/**
 * A job on this machine, in this process, with its hosts as children. This command owns the job as
 * the operator does in a cluster, over the same ledger and with the same worker;
 * docs/architecture.md has what differs.
 */
@NullMarked
package dev.batchapi.cli.run;

import org.jspecify.annotations.NullMarked;
