package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the operator says about a BatchAPI. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BatchApiStatus(
    @JsonPropertyDescription(
            "Ready: whether jobs can run, and why not, such as a ConfigMap that is missing.")
        @Size(max = 16)
        @Nullable List<Condition> conditions,
    @JsonPropertyDescription("The metadata.generation that this status was computed from.") @Min(0)
        @Nullable Long observedGeneration,
    @JsonPropertyDescription(
            "The entries of spec.jobs that were submitted, so that none is submitted twice.")
        @Size(max = 20)
        @Nullable List<SubmittedJob> jobs) {

  /** An entry of {@code spec.jobs} that was submitted. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record SubmittedJob(
      @JsonPropertyDescription("Name of the entry.") @Required @Size(min = 1, max = 43) String name,
      @JsonPropertyDescription("Name of its BatchJob.") @Required @Size(min = 1, max = 45)
          String jobName,
      @JsonPropertyDescription("When it was submitted, in RFC 3339.") @Size(max = 64)
          @Nullable String submittedTime,
      @JsonPropertyDescription("The BatchJob's phase when last seen.") @Nullable JobPhase phase) {}
}
