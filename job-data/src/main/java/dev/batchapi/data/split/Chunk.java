package dev.batchapi.data.split;

import java.util.Arrays;

/** A chunk in memory, cut into its batches. */
public final class Chunk {
  private final byte[] lines;
  private final int[] ends;

  /**
   * A chunk as {@link ChunkSink} made it.
   *
   * @param lines not to be changed any more
   * @throws IllegalArgumentException if it is none: a line is empty, or the last one has no end
   */
  public Chunk(byte[] lines) {
    this.lines = lines;
    var found = new int[16];
    var count = 0;
    var start = 0;
    for (var i = 0; i < lines.length; i++) {
      if (lines[i] == '\n') {
        if (i == start) {
          throw new IllegalArgumentException("Line %d of a chunk is empty.".formatted(count));
        }
        if (count == found.length) {
          found = Arrays.copyOf(found, 2 * count);
        }
        found[count++] = i;
        start = i + 1;
      }
    }
    if (start < lines.length) {
      throw new IllegalArgumentException("The last line of a chunk has no end.");
    }
    ends = Arrays.copyOf(found, count);
  }

  /** How many batches it has. */
  public int batches() {
    return ends.length;
  }

  /**
   * One batch, as {@link dev.batchapi.data.files.BatchRef#toJson} wrote it.
   *
   * @param position in the chunk, from 0
   */
  public byte[] batch(int position) {
    var start = position == 0 ? 0 : ends[position - 1] + 1;
    return Arrays.copyOfRange(lines, start, ends[position]);
  }
}
