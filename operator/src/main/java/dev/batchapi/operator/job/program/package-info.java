/** Programs of ours that run in a Job of their own, tried again until one says how it went. */
@NullMarked
package dev.batchapi.operator.job.program;

import org.jspecify.annotations.NullMarked;
