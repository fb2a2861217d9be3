/** The program that lists a job's files, cuts them into batches, and writes down where they lie. */
@NullMarked
package dev.batchapi.runtime.splitter;

import org.jspecify.annotations.NullMarked;
