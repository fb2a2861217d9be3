package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Where the results of jobs go that don't say it themselves. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DefaultOutput(
    @JsonPropertyDescription(JobOutput.PATH)
        @Required
        @Size(min = 1, max = 1024)
        @ValidationRule(
            value = "self.matches('" + Syntax.OUTPUT_FOLDER + "')",
            message = Rules.OUTPUT_FOLDER)
        String path) {}
