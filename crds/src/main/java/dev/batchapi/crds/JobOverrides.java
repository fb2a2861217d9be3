package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** What this job has otherwise than its BatchAPI. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobOverrides(
    @JsonPropertyDescription(
            "Merged into the BatchAPI's handler.config: objects merge key by key, of anything else"
                + " the value here wins.")
        @PreserveUnknownFields
        @Nullable ObjectNode config,
    @JsonPropertyDescription(
            "How many items the handler gets at once, 1 to 100,000. Default: the BatchAPI's.")
        @Min(1)
        @Max(100000)
        @Nullable Integer batchSize,
    @JsonPropertyDescription("Replaces the BatchAPI's retry, field by field.")
        @Nullable RetryOverrides retry,
    @JsonPropertyDescription("Replaces the BatchAPI's timeouts, field by field.")
        @Nullable Timeouts timeouts,
    @JsonPropertyDescription(
            "How many batches may fail before the job is stopped early: a number or a percentage."
                + " Default: the BatchAPI's.")
        @ValidationRule(value = BatchApiSpec.LIMIT_RULE, message = Rules.FAILURE_LIMIT)
        @Nullable FailureLimit maxFailedBatches,
    @JsonPropertyDescription(
            "How many items may fail before the job is stopped early: a number or a percentage."
                + " Default: the BatchAPI's.")
        @ValidationRule(value = BatchApiSpec.LIMIT_RULE, message = Rules.ITEM_FAILURE_LIMIT)
        @Nullable FailureLimit maxFailedItems,
    @JsonPropertyDescription(
            "Replaces the BatchAPI's rateLimit as a whole. Default: the BatchAPI's.")
        @Nullable RateLimit rateLimit) {}
