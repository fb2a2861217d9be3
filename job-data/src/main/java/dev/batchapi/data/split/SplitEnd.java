package dev.batchapi.data.split;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.batchapi.data.collect.OutputFolder;
import dev.batchapi.data.collect.OutputProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A splitter's last record: what the input is, or why it is none.
 *
 * @param arguments digest of what it was told
 * @param files how many
 * @param bytes in them, as they are stored
 * @param items in all of them
 * @param batches that they make
 * @param chunks where the batches are, in order
 * @param error one or two sentences for people; null if the input is good
 * @param problem what is wrong with the output; null: nothing, or the error is the input's
 * @param owner the job of the same cluster whose folder the output is; null: of none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record SplitEnd(
    @JsonProperty(required = true) String arguments,
    @JsonProperty(required = true) int files,
    @JsonProperty(required = true) long bytes,
    @JsonProperty(required = true) int items,
    @JsonProperty(required = true) int batches,
    @JsonProperty(required = true) List<Chunk> chunks,
    @Nullable String error,
    @Nullable OutputProblem problem,
    OutputFolder.@Nullable Owner owner) {
  /** The record's name; chunks are named by their number, from 0. */
  public static final String NAME = "end";

  private static final JsonMapper JSON = new JsonMapper();

  /** Of a job whose output is good, or that has none. */
  public SplitEnd(
      String arguments,
      int files,
      long bytes,
      int items,
      int batches,
      List<Chunk> chunks,
      @Nullable String error) {
    this(arguments, files, bytes, items, batches, chunks, error, null, null);
  }

  public SplitEnd {
    chunks = List.copyOf(chunks);
  }

  /**
   * Some batches that follow each other.
   *
   * @param first index of its first batch
   * @param digest SHA-256 of it, in hexadecimal figures
   */
  public record Chunk(
      @JsonProperty(required = true) int first, @JsonProperty(required = true) String digest) {}

  /** Of an input that can't be used. */
  public static SplitEnd failed(String arguments, String error) {
    return new SplitEnd(arguments, 0, 0, 0, 0, List.of(), error);
  }

  /** Of an output that can't be used. */
  public static SplitEnd failed(String arguments, OutputProblem problem, String error) {
    return new SplitEnd(arguments, 0, 0, 0, 0, List.of(), error, problem, null);
  }

  /** Of an output that is another job's of the same cluster. */
  public static SplitEnd taken(String arguments, OutputFolder.Owner owner, String error) {
    return new SplitEnd(arguments, 0, 0, 0, 0, List.of(), error, OutputProblem.OutputExists, owner);
  }

  public byte[] toJson() {
    try {
      return JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws UncheckedIOException if it is something else
   */
  public static SplitEnd read(byte[] json) {
    try {
      return JSON.readValue(json, SplitEnd.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
