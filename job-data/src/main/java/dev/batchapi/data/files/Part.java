package dev.batchapi.data.files;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.batchapi.data.store.StoredFile;
import org.jspecify.annotations.Nullable;

/**
 * Items that follow each other in one file.
 *
 * @param url of the file
 * @param version of the file
 * @param size of the whole file, bytes
 * @param offset the first item's first byte; 0 in a compressed file, and of rows
 * @param length bytes to the end of the last item; 0 in a compressed file, and of rows
 * @param firstLine the first item's line, or its row in a Parquet file; from 1
 * @param items how many, at least 1
 * @param gaps pairs of an item and the lines between it and the one before that are not its own;
 *     null when each item is one line and none is blank
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Part(
    @JsonProperty("u") String url,
    @JsonProperty("v") String version,
    @JsonProperty("s") long size,
    @JsonProperty("o") long offset,
    @JsonProperty("n") long length,
    @JsonProperty("l") long firstLine,
    @JsonProperty("i") int items,
    @JsonProperty("g") int @Nullable [] gaps) {

  /** The whole file that it is a part of. */
  public StoredFile file() {
    return new StoredFile(url, size, version);
  }

  /**
   * The line that an item starts in, from 1.
   *
   * @param item from 0 to {@code items() - 1}
   */
  public long line(int item) {
    var line = firstLine + item;
    if (gaps != null) {
      for (var i = 0; i < gaps.length && gaps[i] <= item; i += 2) {
        line += gaps[i + 1];
      }
    }
    return line;
  }
}
