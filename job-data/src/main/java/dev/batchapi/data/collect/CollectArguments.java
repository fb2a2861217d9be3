package dev.batchapi.data.collect;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.batchapi.contract.Sha256;
import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.results.Manifest;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a collector is to do: write the outcomes of a job that has ended as files.
 *
 * <p>Where the items come from: {@code files} and {@code split} of a job with files, {@code lines}
 * of one whose items stand in a ConfigMap, neither of one whose items are numbers.
 *
 * @param output URL of the folder, with a slash at its end
 * @param include what each line has beside what it always has
 * @param folders in which output and files must lie; none: anywhere
 * @param job whose results they are
 * @param verdict how it ended, for the manifest
 * @param message the same for people
 * @param items of its input
 * @param totalBatches that they make
 * @param batchSize items in each but the last
 * @param files which files, and what is in them; null: none
 * @param split who wrote down where the batches lie; null if they follow from the items
 * @param lines SHA-256 of the file {@link dev.batchapi.contract.PodFiles#FROZEN_INPUT_FILE}, in
 *     hexadecimal figures; null: the items are in files, or numbers
 * @param perBatch whether whatever a batch returned is its one result: {@code handler.results:
 *     Batch}
 * @param rerun whether the batches are pieces of an earlier job's, with the numbers that their
 *     items have there
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CollectArguments(
    @JsonProperty(required = true) String output,
    @JsonProperty(required = true) List<Include> include,
    @JsonProperty(required = true) List<String> folders,
    @JsonProperty(required = true) Manifest.Job job,
    @JsonProperty(required = true) String verdict,
    @JsonProperty(required = true) String message,
    @JsonProperty(required = true) int items,
    @JsonProperty(required = true) int totalBatches,
    @JsonProperty(required = true) int batchSize,
    @Nullable FilesSpec files,
    @Nullable Split split,
    @Nullable String lines,
    boolean perBatch,
    boolean rerun) {
  private static final JsonMapper JSON = new JsonMapper();

  /** What lines may have besides. */
  public enum Include {
    /** The item itself, or the items of a line for a whole batch. */
    @JsonProperty("item")
    ITEM
  }

  /**
   * What a splitter has written.
   *
   * @param attempt which of the job's splitters it was, from 0
   * @param digest SHA-256 of its last record, in hexadecimal figures
   */
  public record Split(
      @JsonProperty(required = true) int attempt, @JsonProperty(required = true) String digest) {}

  /** Of a job whose lists have one result for each item. */
  public CollectArguments(
      String output,
      List<Include> include,
      List<String> folders,
      Manifest.Job job,
      String verdict,
      String message,
      int items,
      int totalBatches,
      int batchSize,
      @Nullable FilesSpec files,
      @Nullable Split split,
      @Nullable String lines) {
    this(
        output,
        include,
        folders,
        job,
        verdict,
        message,
        items,
        totalBatches,
        batchSize,
        files,
        split,
        lines,
        false,
        false);
  }

  public CollectArguments {
    include = List.copyOf(include);
    folders = List.copyOf(folders);
    if (split == null ? files != null || rerun : files == null && !rerun) {
      throw new IllegalArgumentException("files or a rerun, and split, belong together");
    }
  }

  /** As JSON, the same text for the same arguments. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws UncheckedIOException if it is something else
   */
  public static CollectArguments read(String json) {
    try {
      return JSON.readValue(json, CollectArguments.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SHA-256 of the arguments as JSON, in hexadecimal figures. */
  public String digest() {
    return Sha256.hex(toJson());
  }
}
