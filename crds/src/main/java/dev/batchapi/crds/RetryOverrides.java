package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** The same as {@link Retry} without defaults: what is not set is the BatchAPI's. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "!has(self.initialBackoffSeconds) || !has(self.maxBackoffSeconds)"
            + " || self.initialBackoffSeconds <= self.maxBackoffSeconds",
    message = Rules.BACKOFF)
public record RetryOverrides(
    @JsonPropertyDescription(
            "How often a batch may fail before it is given up; 1 means no retry. Default: the"
                + " BatchAPI's.")
        @Min(1)
        @Max(100)
        @Nullable Integer maxAttempts,
    @JsonPropertyDescription(
            "Wait in seconds after a batch's first failure, doubled after each further one. Default:"
                + " the BatchAPI's.")
        @Min(0)
        @Max(86400)
        @Nullable Integer initialBackoffSeconds,
    @JsonPropertyDescription(
            "The longest wait in seconds between two attempts. Default: the BatchAPI's.")
        @Min(0)
        @Max(86400)
        @Nullable Integer maxBackoffSeconds) {}
