package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** One condition, as all of Kubernetes writes it; a list of them is keyed by type. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Condition(
    @JsonPropertyDescription("What the condition is about, such as Finished.")
        @Required
        @Size(min = 1, max = 316)
        String type,
    @JsonPropertyDescription("Whether it holds: True, False or Unknown.") @Required Status status,
    @JsonPropertyDescription("Why, in one word for programs, such as HandlerInvalid.")
        @Required
        @Size(min = 1, max = 1024)
        String reason,
    @JsonPropertyDescription("Why, in a sentence for people.") @Required @Size(max = 32768)
        String message,
    @JsonPropertyDescription("When status last changed, in RFC 3339.") @Required @Size(max = 64)
        String lastTransitionTime,
    @JsonPropertyDescription("The metadata.generation that the condition was computed from.")
        @Min(0)
        @Nullable Long observedGeneration) {

  /** Whether a condition holds. */
  public enum Status {
    @JsonProperty("True")
    TRUE,
    @JsonProperty("False")
    FALSE,
    @JsonProperty("Unknown")
    UNKNOWN
  }
}
