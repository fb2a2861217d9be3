package dev.batchapi.operator.job.accept;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.operator.job.split.SplitResult;
import org.jspecify.annotations.Nullable;

/**
 * A job's input as something else than the operator knows its batches.
 *
 * @param files that they are parts of; null: none
 * @param rerun whose items they are; null: the job's own
 */
record Cut(SplitResult.Done done, @Nullable ObjectNode files, RunSpec.@Nullable Rerun rerun) {}
