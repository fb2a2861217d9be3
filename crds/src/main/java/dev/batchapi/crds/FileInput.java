package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Files whose records are a job's items, in the order of the paths and within each by name. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "!has(self.csv) || !has(self.format) || self.format == 'csv'",
    message = Rules.CSV_FORMAT,
    fieldPath = ".csv")
public record FileInput(
    @JsonPropertyDescription(
            "URLs with s3://, gs://, az:// or https://, or paths: of mounted volumes, on a laptop of any"
                + " file. Each is one file or a pattern. * stays within a folder, ** does not, {a,b} is a or"
                + " b, [a-z] and ? are one character.")
        @Required
        @Size(min = 1, max = 100)
        @ValidationRule(
            value = "self.all(p, !p.contains('://') || p.matches('" + Syntax.STORE_URL + "'))",
            message = Rules.FILE_PATHS)
        List<@Size(min = 1, max = 1024) String> paths,
    @JsonPropertyDescription(
            "Patterns of files to leave out, in the same words; they win over paths. Default: none.")
        @Size(max = 100)
        @Nullable List<@Size(min = 1, max = 1024) String> excludes,
    @JsonPropertyDescription(
            "What is in the files: jsonl (an item of any JSON on each line), csv (an object for each"
                + " row, by the header), parquet (an object for each row), lines (a text for each line),"
                + " paths (each file's URL or absolute path is an item, it is not read). Files that end in .gz or .zst are unpacked. Default: by the"
                + " ending of each file's name.")
        @Nullable Format format,
    @JsonPropertyDescription("How CSV files are written. Only for format csv.") @Nullable Csv csv,
    @JsonPropertyDescription(
            "What a record that cannot be read does: FailItem (it fails alone, all other items are run) or"
                + " Fail (the job is rejected before anything runs). Default: FailItem.")
        @Nullable BadRecord onBadRecord) {

  /** What is in the files. */
  public enum Format {
    @JsonProperty("jsonl")
    JSONL,
    @JsonProperty("csv")
    CSV,
    @JsonProperty("parquet")
    PARQUET,
    @JsonProperty("lines")
    LINES,
    @JsonProperty("paths")
    PATHS
  }

  /** What a record that cannot be read does. */
  public enum BadRecord {
    @JsonProperty("FailItem")
    FAIL_ITEM,
    @JsonProperty("Fail")
    FAIL
  }

  /** How CSV files are written. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Csv(
      @JsonPropertyDescription(
              "Whether the first row of each file names its columns; without, they are c0, c1 and so"
                  + " on. Default: true.")
          @Nullable Boolean header,
      @JsonPropertyDescription("The ASCII character between fields. Default: a comma.")
          @Size(min = 1, max = 1)
          @Nullable String delimiter) {}
}
