package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/** How long things may take, in seconds. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Timeouts(
    @JsonPropertyDescription(
            "Seconds from the job's acceptance within which the first worker must be ready, else the"
                + " job fails. Default: no limit.")
        @Min(1)
        @Max(31536000)
        @Nullable Integer startupSeconds,
    @JsonPropertyDescription(
            "Seconds that one attempt of a batch may take. Then the handler's code is ended where it"
                + " stands, or its process if it goes on all the same, and the attempt has failed; with"
                + " handle_item only that of the items that hung. Default: no limit.")
        @Min(1)
        @Max(31536000)
        @Nullable Integer batchSeconds,
    @JsonPropertyDescription(
            "Seconds that the run may take, from the first ready worker. Then the job fails with"
                + " DeadlineExceeded; what succeeded stays. Default: no limit.")
        @Min(1)
        @Max(31536000)
        @Nullable Integer runSeconds) {

  /** No limits. */
  public static final Timeouts NONE = new Timeouts(null, null, null);
}
