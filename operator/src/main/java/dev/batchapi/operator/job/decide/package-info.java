/**
 * What follows from what was seen. Pure: values in, values out; no client, no clock, no context.
 */
@NullMarked
package dev.batchapi.operator.job.decide;

import org.jspecify.annotations.NullMarked;
