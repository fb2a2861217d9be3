package dev.batchapi.data.collect;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A collector's one record: what it has written, or why there never will be files.
 *
 * @param arguments digest of what it was told
 * @param files how many, without the manifest
 * @param lines in all of them
 * @param bytes in all of them
 * @param manifest SHA-256 of the manifest, in hexadecimal figures; null if there is an error
 * @param remark what a reader should know of the results, for people; null: nothing
 * @param problem what kind of error; null if the files are there
 * @param error one or two sentences for people; null if the files are there
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record CollectEnd(
    @JsonProperty(required = true) String arguments,
    @JsonProperty(required = true) int files,
    @JsonProperty(required = true) long lines,
    @JsonProperty(required = true) long bytes,
    @Nullable String manifest,
    @Nullable String remark,
    @Nullable OutputProblem problem,
    @Nullable String error) {
  private static final JsonMapper JSON = new JsonMapper();

  /** Of an output that can't be written. */
  public static CollectEnd failed(String arguments, OutputProblem problem, String error) {
    return new CollectEnd(arguments, 0, 0, 0, null, null, problem, error);
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
  public static CollectEnd read(byte[] json) {
    try {
      return JSON.readValue(json, CollectEnd.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
