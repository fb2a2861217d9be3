/**
 * A BatchJob is accepted: code, input and pods are frozen, and its status says so; from then on
 * only what was frozen counts.
 */
@NullMarked
package dev.batchapi.operator.job.accept;

import org.jspecify.annotations.NullMarked;
