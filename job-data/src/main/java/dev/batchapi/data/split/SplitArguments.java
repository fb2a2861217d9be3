package dev.batchapi.data.split;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.batchapi.contract.Sha256;
import dev.batchapi.data.collect.OutputFolder;
import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.results.Manifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a splitter is to do.
 *
 * @param files which files, and what is in them; null: there is nothing to split
 * @param folders in which all of them and the output must lie; none: anywhere
 * @param batchSize items in a batch
 * @param output where the results will be written; null: nowhere
 * @param giveBack whether to give the output's folder back instead, for the job will not run; null:
 *     no
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SplitArguments(
    @Nullable FilesSpec files,
    @JsonProperty(required = true) List<String> folders,
    @JsonProperty(required = true) int batchSize,
    @Nullable Output output,
    @Nullable Boolean giveBack) {
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * A folder that is taken for a job's results before it is accepted.
   *
   * @param folder its URL, with a slash at its end
   * @param job whose results they will be
   * @param cluster where the job is known; null: unknown
   * @param gone a job that is gone for good: the folder may be that one's; null: of none
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Output(
      @JsonProperty(required = true) String folder,
      @JsonProperty(required = true) Manifest.Job job,
      @Nullable String cluster,
      OutputFolder.@Nullable Owner gone) {
    /** A folder that is nobody's. */
    public Output(String folder, Manifest.Job job, @Nullable String cluster) {
      this(folder, job, cluster, null);
    }
  }

  /** Of a job without output. */
  public SplitArguments(FilesSpec files, List<String> folders, int batchSize) {
    this(files, folders, batchSize, null);
  }

  /** Of a job that may run. */
  public SplitArguments(
      @Nullable FilesSpec files, List<String> folders, int batchSize, @Nullable Output output) {
    this(files, folders, batchSize, output, null);
  }

  /** To give back the folder of a job that will not run, if it has taken it. */
  public static SplitArguments toGiveBack(List<String> folders, Output output) {
    return new SplitArguments(null, folders, 1, output, true);
  }

  public SplitArguments {
    folders = List.copyOf(folders);
  }

  /** The same, and the folder of the output may be that of a job that is gone for good. */
  public SplitArguments after(OutputFolder.Owner gone) {
    return new SplitArguments(
        files,
        folders,
        batchSize,
        output == null ? null : new Output(output.folder, output.job, output.cluster, gone),
        giveBack);
  }

  /**
   * Whether it may free the folder of an output, which another job, or the same, could have taken.
   */
  public boolean freesFolder() {
    return Boolean.TRUE.equals(giveBack) || (output != null && output.gone != null);
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
  public static SplitArguments read(String json) {
    try {
      var arguments = JSON.readValue(json, SplitArguments.class);
      if (arguments == null) { // "null" is JSON, too
        throw new UncheckedIOException(new IOException("no arguments"));
      }
      return arguments;
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SHA-256 of the arguments as JSON, in hexadecimal figures. */
  public String digest() {
    return Sha256.hex(toJson());
  }
}
