package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import org.jspecify.annotations.Nullable;

/** What a person writes about one run of a BatchAPI. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "has(self.overrides) == has(oldSelf.overrides)"
            + " && (!has(self.overrides) || self.overrides == oldSelf.overrides)",
    message = Rules.OVERRIDES_FIXED,
    fieldPath = ".overrides")
@ValidationRule(
    value =
        "has(self.output) == has(oldSelf.output)"
            + " && (!has(self.output) || self.output == oldSelf.output)",
    message = Rules.OUTPUT_FIXED,
    fieldPath = ".output")
@ValidationRule(
    value = "!has(oldSelf.cancel) || !oldSelf.cancel || (has(self.cancel) && self.cancel)",
    message = Rules.CANCEL_FINAL,
    fieldPath = ".cancel")
public record BatchJobSpec(
    @JsonPropertyDescription(
            "Name of the BatchAPI in the same namespace; the job waits for it. Cannot be changed.")
        @Required
        @Size(min = 1, max = 63)
        @ValidationRule(value = "self.matches('" + Syntax.LABEL + "')", message = Rules.LABEL)
        @ValidationRule(value = "self == oldSelf", message = Rules.API_FIXED)
        String apiName,
    @JsonPropertyDescription(
            "How many workers run at once, 1 to 1,000; can be changed while the job runs. Default: 1.")
        @Default("1")
        @Min(1)
        @Max(1000)
        @SpecReplicas
        @Nullable Integer workers,
    @JsonPropertyDescription(
            "What to work on: exactly one of items, configMap, count, files, rerun. Cannot be changed.")
        @Required
        @ValidationRule(value = "self == oldSelf", message = Rules.INPUT_FIXED)
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
        @Default("false")
        @Nullable Boolean suspend,
    @JsonPropertyDescription(
            "Set to true to stop the run for good and keep its record; deleting the BatchJob removes"
                + " the record too. Never goes back. Default: false.")
        @Default("false")
        @Nullable Boolean cancel,
    @JsonPropertyDescription(
            "Seconds after which the finished BatchJob deletes itself; 0 is at once. Default: it"
                + " stays.")
        @Min(0)
        @Max(2147483647)
        @Nullable Integer ttlSecondsAfterFinished) {}
