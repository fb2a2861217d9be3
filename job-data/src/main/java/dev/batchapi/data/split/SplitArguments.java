package dev.batchapi.data.split;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.batchapi.contract.Sha256;
import dev.batchapi.data.files.FilesSpec;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * What a splitter is to do.
 *
 * @param files which files, and what is in them
 * @param folders in which all of them must lie; none: anywhere
 * @param batchSize items in a batch
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SplitArguments(
    @JsonProperty(required = true) FilesSpec files,
    @JsonProperty(required = true) List<String> folders,
    @JsonProperty(required = true) int batchSize) {
  private static final JsonMapper JSON = new JsonMapper();

  public SplitArguments {
    folders = List.copyOf(folders);
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
      return JSON.readValue(json, SplitArguments.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SHA-256 of the arguments as JSON, in hexadecimal figures. */
  public String digest() {
    return Sha256.hex(toJson());
  }
}
