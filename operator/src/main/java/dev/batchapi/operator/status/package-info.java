/** What BatchAPIs and BatchJobs have in common in their status. */
@NullMarked
package dev.batchapi.operator.status;

import org.jspecify.annotations.NullMarked;
