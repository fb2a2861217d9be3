package dev.batchapi.data.split;

import dev.batchapi.contract.Payload;
import dev.batchapi.contract.Sha256;
import dev.batchapi.data.files.BatchRef;
import dev.batchapi.data.files.BatchSink;
import dev.batchapi.data.input.InputException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Puts batches together to chunks, a line for each, and holds no more than one of them. */
public final class ChunkSink implements BatchSink {
  /** A chunk is ended by the batch with which it would be larger. */
  public static final int CHUNK = 512 * 1024;

  /**
   * Chunks of one input: 256 MiB of them. A million references are some 205 MB; it bounds what
   * compressed files, whose items travel themselves, may take of the queue.
   */
  public static final int MOST_CHUNKS = 512;

  /** Takes the chunks. */
  @FunctionalInterface
  public interface Chunks {
    /**
     * Takes one.
     *
     * @param number from 0
     */
    void chunk(int number, byte[] lines);
  }

  private final Chunks chunks;
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
  private final List<SplitEnd.Chunk> written = new ArrayList<>();
  private int first;
  private int next;

  public ChunkSink(Chunks chunks) {
    this.chunks = chunks;
  }

  @Override
  public void batch(int index, BatchRef ref) {
    batch(index, ref.toJson());
  }

  /**
   * Takes a batch as it travels.
   *
   * @param index from 0, without a gap
   * @param line JSON without a line end
   */
  public void batch(int index, byte[] line) {
    if (line.length > Payload.MAX_BYTES) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "Where the items of batch %,d are takes %,d bytes to say, and may take %,d: make batchSize smaller.",
              index,
              line.length,
              Payload.MAX_BYTES));
    }
    if (lines.size() > 0 && lines.size() + line.length >= CHUNK) {
      flush();
    }
    lines.writeBytes(line);
    lines.write('\n');
    next = index + 1;
  }

  private void flush() {
    if (written.size() == MOST_CHUNKS) {
      throw new InputException(
          "The items of compressed files wait in the queue, and a job may have %,d MiB of them: unpack the files, or make several jobs."
              .formatted(MOST_CHUNKS / (1024 * 1024 / CHUNK)));
    }
    var chunk = lines.toByteArray();
    lines.reset();
    chunks.chunk(written.size(), chunk);
    written.add(new SplitEnd.Chunk(first, Sha256.hex(chunk)));
    first = next;
  }

  /** Gives the last chunk away, and says which ones there are. */
  public List<SplitEnd.Chunk> end() {
    if (lines.size() > 0) {
      flush();
    }
    return List.copyOf(written);
  }
}
