/**
 * The worker: leases one batch at a time, hands it to the host that holds the author's code, and
 * commits its outcome. The same on a laptop and in a cluster.
 */
@NullMarked
package dev.batchapi.runtime.worker;

import org.jspecify.annotations.NullMarked;
