/**
 * A BatchAPI: whether jobs can run, and the jobs that stand in it.
 *
 * <p>A pass of {@link dev.batchapi.operator.api.BatchApiReconciler} observes the BatchJobs that it
 * owns, decides by {@link dev.batchapi.operator.api.EntryPlan}, acts by {@link
 * dev.batchapi.operator.api.Submission}, asks {@link dev.batchapi.operator.api.ReadinessCheck}, and
 * writes one {@link dev.batchapi.operator.api.ApiStatus}.
 */
@NullMarked
package dev.batchapi.operator.api;

import org.jspecify.annotations.NullMarked;
