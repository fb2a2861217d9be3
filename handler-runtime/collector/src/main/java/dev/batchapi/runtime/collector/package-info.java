/** The program that writes a job's outcomes to a store as files, once the job has ended. */
@NullMarked
package dev.batchapi.runtime.collector;

import org.jspecify.annotations.NullMarked;
