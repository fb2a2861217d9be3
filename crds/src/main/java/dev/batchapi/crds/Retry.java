package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** How often a batch is tried. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "self.initialBackoffSeconds <= self.maxBackoffSeconds",
    message = Rules.BACKOFF)
public record Retry(
    @JsonPropertyDescription(
            "How often a batch may fail before it is given up; 1 means no retry. Lost workers do not"
                + " count. Default: 3.")
        @Default("3")
        @Min(1)
        @Max(100)
        @Nullable Integer maxAttempts,
    @JsonPropertyDescription(
            "Wait in seconds after a batch's first failure, doubled after each further one. Default:"
                + " 1.")
        @Default("1")
        @Min(0)
        @Max(86400)
        @Nullable Integer initialBackoffSeconds,
    @JsonPropertyDescription("The longest wait in seconds between two attempts. Default: 60.")
        @Default("60")
        @Min(0)
        @Max(86400)
        @Nullable Integer maxBackoffSeconds) {

  /** The defaults, for a resource that no API server has completed. */
  public static final Retry DEFAULT = new Retry(3, 1, 60);
}
