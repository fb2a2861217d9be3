package dev.batchapi.operator.job.accept;

import dev.batchapi.operator.pod.FrozenJob;
import java.util.Map;
import java.util.Optional;

/** A job that could be accepted, and its files. */
record Draft(FrozenJob job, Map<String, String> code, Optional<String> input) {}
