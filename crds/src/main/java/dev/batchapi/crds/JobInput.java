package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a job's items come from; exactly one is set. CEL cannot see {@code items}, whose elements
 * have no type, so the schema says it by counting properties.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobInput(
    @JsonPropertyDescription("The items themselves: a list of any JSON values, 128 KiB together.")
        @Size(min = 1, max = 65536)
        @Nullable List<JsonNode> items,
    @JsonPropertyDescription(
            "A key of a ConfigMap with one item per line, as JSON (JSON lines). The ConfigMap needs the label"
                + " batchapi.dev/input: \"true\", by which its author lets jobs have it.")
        @Nullable ConfigMapKeyRef configMap,
    @JsonPropertyDescription("This many items, at most 10,000,000: the numbers from 0 on.")
        @Min(1)
        @Max(10000000)
        @Nullable Integer count,
    @JsonPropertyDescription(
            "Files of an object store, a mounted volume or a web server, read by the workers themselves."
                + " On a laptop also files of this machine, relative to the file that this stands in.")
        @Nullable FileInput files,
    @JsonPropertyDescription(
            "Items of an earlier job that failed or were not finished: of its input as it was, under the"
                + " numbers that they have there. In a cluster only.")
        @Nullable RerunInput rerun) {

  /** An input that is no rerun. */
  public JobInput(
      @Nullable List<JsonNode> items,
      @Nullable ConfigMapKeyRef configMap,
      @Nullable Integer count,
      @Nullable FileInput files) {
    this(items, configMap, count, files, null);
  }

  /** What kind of input it is: the one place that knows what an input without a field means. */
  public sealed interface Source {}

  /** The items stand in the job. */
  public record Items(List<JsonNode> items) implements Source {}

  /** They are the lines of a ConfigMap. */
  public record Lines(ConfigMapKeyRef configMap) implements Source {}

  /** They are the numbers from 0 on. */
  public record Numbers(int count) implements Source {}

  /** They are in files. */
  public record InFiles(FileInput files) implements Source {}

  /** They are some of an earlier job's. */
  public record OfJob(RerunInput rerun) implements Source {}

  /**
   * Which one it is.
   *
   * @throws IllegalStateException if none is set; the schema refuses that
   */
  @JsonIgnore
  public Source source() {
    if (items != null) {
      return new Items(items);
    } else if (configMap != null) {
      return new Lines(configMap);
    } else if (count != null) {
      return new Numbers(count);
    } else if (files != null) {
      return new InFiles(files);
    } else if (rerun != null) {
      return new OfJob(rerun);
    }
    throw new IllegalStateException("an input without items, configMap, count, files and rerun");
  }
}
