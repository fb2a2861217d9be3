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
            "How often a batch may fail before it is given up; 1 means no retry. Lost workers and"
                + " RetryLater do not count. Default: 3.")
        @Default("" + Retry.DEFAULT_MAX_ATTEMPTS)
        @Min(1)
        @Max(100)
        @Nullable Integer maxAttempts,
    @JsonPropertyDescription(
            "Wait in seconds after a batch's first failure, doubled after each further one. Default:"
                + " 1.")
        @Default("" + Retry.DEFAULT_INITIAL_BACKOFF_SECONDS)
        @Min(0)
        @Max(86400)
        @Nullable Integer initialBackoffSeconds,
    @JsonPropertyDescription("The longest wait in seconds between two attempts. Default: 60.")
        @Default("" + Retry.DEFAULT_MAX_BACKOFF_SECONDS)
        @Min(0)
        @Max(86400)
        @Nullable Integer maxBackoffSeconds) {

  public static final int DEFAULT_MAX_ATTEMPTS = 3;
  public static final int DEFAULT_INITIAL_BACKOFF_SECONDS = 1;
  public static final int DEFAULT_MAX_BACKOFF_SECONDS = 60;

  /** Nothing set: each field has its default. */
  public static final Retry DEFAULT = new Retry(null, null, null);
}
