package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** Items of an earlier job, as they were then and under the numbers that they have there. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RerunInput(
    @JsonPropertyDescription(
            "Name of a BatchJob of the same BatchAPI in the same namespace. This job waits until that"
                + " one has finished; if that one is deleted before this one is accepted, this one ends as"
                + " RerunImpossible.")
        @Required
        @Size(min = 1, max = 45)
        @ValidationRule(value = "self.matches('" + Syntax.LABEL + "')", message = Rules.LABEL)
        String job,
    @JsonPropertyDescription(
            "Which of its items: Failed (those that failed, alone or with their batch), Unfinished"
                + " (those of batches that have no outcome, as of a job that was cancelled), or Both."
                + " Default: Failed.")
        @Nullable Of of) {

  /** Which items of the earlier job. */
  public enum Of {
    /** Those that failed. */
    Failed,
    /** Those without an outcome. */
    Unfinished,
    /** All that did not succeed. */
    Both
  }

  /** Which items, with the default. */
  public Of chosen() {
    return of == null ? Of.Failed : of;
  }
}
