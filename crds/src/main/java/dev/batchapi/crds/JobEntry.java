package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * A job in a BatchAPI's {@code jobs}: a BatchJob's spec without {@code apiName}. Its schema has no
 * defaults, the BatchJob's has: of a list {@code kubectl apply} compares what was written with what
 * is stored, and would find a change in every default, for ever.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(value = JobEntry.UNCHANGED, message = Rules.ENTRY_FIXED)
public record JobEntry(
    @JsonPropertyDescription(
            "Name of the entry: it becomes the BatchJob <api>-<name>, 45 characters at most.")
        @Required
        @Size(min = 1, max = 43)
        @ValidationRule(value = "self.matches('" + Syntax.LABEL + "')", message = Rules.LABEL)
        String name,
    @JsonPropertyDescription(
            "How many workers run at once, 1 to 1,000; change it on the BatchJob itself. Default: 1.")
        @Min(1)
        @Max(1000)
        @Nullable Integer workers,
    @JsonPropertyDescription(
            "What to work on: exactly one of items, configMap, count, files, rerun. Cannot be changed.")
        @Required
        JobInput input,
    @JsonPropertyDescription(
            "Where the results go: a folder of files, for which the BatchAPI needs storage. Cannot be"
                + " changed. Default: the BatchAPI's output, else the ConfigMap <job>-results.")
        @Nullable JobOutput output,
    @JsonPropertyDescription(
            "What this job has otherwise than its BatchAPI. Cannot be changed. Default: nothing.")
        @Nullable JobOverrides overrides,
    @JsonPropertyDescription(
            "Whether to hold the job: no workers run while this is true, nothing done is lost."
                + " Default: false.")
        @Nullable Boolean suspend,
    @JsonPropertyDescription(
            "Set to true to stop the run for good and keep its record; deleting the BatchJob removes"
                + " the record too. Never goes back. Default: false.")
        @Nullable Boolean cancel,
    @JsonPropertyDescription(
            "Seconds after which the finished BatchJob deletes itself; 0 is at once. Default: it"
                + " stays.")
        @Min(0)
        @Max(2147483647)
        @Nullable Integer ttlSecondsAfterFinished) {

  // What is not set equals its default: earlier versions of the schema stored defaults.
  static final String UNCHANGED =
      "(has(self.workers) ? self.workers : 1) == (has(oldSelf.workers) ? oldSelf.workers : 1)"
          + " && (has(self.suspend) && self.suspend) == (has(oldSelf.suspend) && oldSelf.suspend)"
          + " && (has(self.cancel) && self.cancel) == (has(oldSelf.cancel) && oldSelf.cancel)"
          + " && self.input == oldSelf.input"
          + " && has(self.output) == has(oldSelf.output)"
          + " && (!has(self.output) || self.output == oldSelf.output)"
          + " && has(self.overrides) == has(oldSelf.overrides)"
          + " && (!has(self.overrides) || self.overrides == oldSelf.overrides)"
          + " && has(self.ttlSecondsAfterFinished) == has(oldSelf.ttlSecondsAfterFinished)"
          + " && (!has(self.ttlSecondsAfterFinished)"
          + " || self.ttlSecondsAfterFinished == oldSelf.ttlSecondsAfterFinished)";

  /** The BatchJob that this entry of the BatchAPI {@code apiName} becomes. */
  public NamedSpec<BatchJobSpec> toJob(String namespace, String apiName) {
    var spec =
        new BatchJobSpec(
            apiName, workers, input, output, overrides, suspend, cancel, ttlSecondsAfterFinished);
    return new NamedSpec<>(namespace, apiName + "-" + name, spec);
  }
}
