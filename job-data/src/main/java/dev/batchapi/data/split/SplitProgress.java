package dev.batchapi.data.split;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * How far a splitter is, as it says it itself.
 *
 * @param allFiles how many files there are; 0 while they are listed
 * @param allBytes in them, as they are stored
 * @param files that are found, while they are listed; then, that are read to their end
 * @param bytes that are read
 * @param items that are found
 * @param batches that are cut
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record SplitProgress(
    int allFiles, long allBytes, int files, long bytes, int items, int batches) {
  private static final JsonMapper JSON = new JsonMapper();

  /** While files are listed. */
  public static SplitProgress listing(int found) {
    return new SplitProgress(0, 0, found, 0, 0, 0);
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
  public static SplitProgress read(byte[] json) {
    try {
      var said = JSON.readValue(json, SplitProgress.class);
      if (said == null) { // "null" is JSON, too
        throw new IOException("nothing is said");
      }
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
