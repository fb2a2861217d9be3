/** What a person is told of a job: conditions, counts and Events. */
@NullMarked
package dev.batchapi.operator.job.status;

import org.jspecify.annotations.NullMarked;
