package dev.batchapi.data.split;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A chunk in memory, cut into its batches. */
public final class Chunk {
  private final byte[] lines;
  private final List<Integer> ends = new ArrayList<>();

  /**
   * A chunk as {@link ChunkSink} made it.
   *
   * @param lines not to be changed any more
   */
  public Chunk(byte[] lines) {
    this.lines = lines;
    for (var i = 0; i < lines.length; i++) {
      if (lines[i] == '\n') {
        ends.add(i);
      }
    }
  }

  /** How many batches it has. */
  public int batches() {
    return ends.size();
  }

  /**
   * One batch, as {@link dev.batchapi.data.files.BatchRef#toJson} wrote it.
   *
   * @param position in the chunk, from 0
   */
  public byte[] batch(int position) {
    var start = position == 0 ? 0 : ends.get(position - 1) + 1;
    return Arrays.copyOfRange(lines, start, ends.get(position));
  }
}
