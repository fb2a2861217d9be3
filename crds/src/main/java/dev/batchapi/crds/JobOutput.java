package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a job's results go. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobOutput(
    @JsonPropertyDescription(JobOutput.PATH)
        @Required
        @Size(min = 1, max = 1024)
        @ValidationRule(
            value = "self.matches('" + Syntax.OUTPUT_FOLDER + "')",
            message = Rules.OUTPUT_FOLDER)
        String path,
    @JsonPropertyDescription(
            "What each line has beside what it always has: item is the item itself, or the items of a"
                + " line for a whole batch. Default: nothing.")
        @Size(max = 1)
        @Nullable List<Include> include) {

  static final String PATH =
      "A folder of an object store or of a volume, such as s3://results/photos/monday/ or"
          + " /data/out/monday/: result files, an error file and last manifest.json are written there, and nothing that is there is ever replaced."
          + " $(job_name), $(job_id), $(api_name) and $(namespace) stand for the job's own.";

  /** What lines may have besides. */
  public enum Include {
    @JsonProperty("item")
    ITEM
  }
}
