/** What the operator counts. */
@NullMarked
package dev.batchapi.operator.metrics;

import org.jspecify.annotations.NullMarked;
