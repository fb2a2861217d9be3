/** One BatchJob from its acceptance to its end. */
@NullMarked
package dev.batchapi.operator.job;

import org.jspecify.annotations.NullMarked;
