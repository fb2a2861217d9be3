/** Where a job's batches come from: a number, a list of items, or JSON lines. */
@NullMarked
package dev.batchapi.data.input;

import org.jspecify.annotations.NullMarked;
