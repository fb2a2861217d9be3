package dev.batchapi.data.collect;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * How far a collector is, as it says it itself. Files that an earlier one has written it reads, and
 * counts as if it wrote them.
 *
 * @param batches up to which it is, of all that the job has, with an outcome or not
 * @param files of results and errors that are whole
 * @param bytes that are written
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record CollectProgress(int batches, int files, long bytes) {
  private static final JsonMapper JSON = new JsonMapper();

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
  public static CollectProgress read(byte[] json) {
    try {
      var said = JSON.readValue(json, CollectProgress.class);
      if (said == null) { // "null" is JSON, too
        throw new IOException("nothing is said");
      }
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
