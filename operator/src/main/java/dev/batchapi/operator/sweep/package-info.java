/** What is left in the queue when its BatchJob is gone. */
@NullMarked
package dev.batchapi.operator.sweep;

import org.jspecify.annotations.NullMarked;
