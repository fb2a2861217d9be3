/** Has the results of a job that has ended written to the folder of its output. */
@NullMarked
package dev.batchapi.operator.job.collect;

import org.jspecify.annotations.NullMarked;
