package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.batchapi.contract.RunSpec;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** How many items the handlers of a job may be called with. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RateLimit(
    @JsonPropertyDescription(
            "Items per second, of all workers of the job together, such as 50 or 0.5; a call of"
                + " handle_batch counts once for each of its items. 0.001 to 100,000.")
        @Required
        @Min(RunSpec.RateLimit.SLOWEST)
        @Max(RunSpec.RateLimit.FASTEST)
        Double perSecond,
    @JsonPropertyDescription(
            "Items that may go at once after a rest, 1 to 1,000,000. A batch of more waits until all"
                + " of its items may go. Default: what perSecond gives in a second, at least 1.")
        @Min(1)
        @Max(RunSpec.RateLimit.LARGEST_BURST)
        @Nullable Integer burst) {}
