/** What is seen of a job: its workers as its Jobs and pods show them, its counts, its troubles. */
@NullMarked
package dev.batchapi.operator.job.observe;

import org.jspecify.annotations.NullMarked;
