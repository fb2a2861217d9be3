/** What comes before the acceptance of a job with files: a splitter says what its batches are. */
@NullMarked
package dev.batchapi.operator.job.split;

import org.jspecify.annotations.NullMarked;
