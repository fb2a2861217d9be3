package dev.batchapi.data.files;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A stream that is read some blocks before they are needed, by a thread of its own: what comes over
 * the network and what is made of it share the time then. For one thread.
 */
final class BlocksAhead extends InputStream {
  static final int BLOCK = 1 << 17;
  private static final int BLOCKS = 4;

  /**
   * @param length bytes that were read; fewer than there is room for at the end
   * @param problem what is to be thrown when these bytes are used up; null for none
   */
  private record Block(byte[] bytes, int length, @Nullable Throwable problem) {}

  private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(BLOCKS + 1);
  private final BlockingQueue<Block> read = new ArrayBlockingQueue<>(BLOCKS + 1);
  private final Thread reader;
  private Block block = new Block(new byte[BLOCK], BLOCK, null);
  private int at = BLOCK;

  /**
   * Begins to read.
   *
   * @param in is closed when it has been read, or this is closed
   */
  BlocksAhead(InputStream in) {
    for (var i = 1; i < BLOCKS; i++) {
      free.add(new byte[BLOCK]);
    }
    reader = Thread.ofVirtual().name("blocks-ahead").start(() -> readAll(in));
  }

  private void readAll(InputStream in) {
    try (in) {
      var length = BLOCK;
      while (length == BLOCK) {
        var bytes = free.take();
        length = in.readNBytes(bytes, 0, BLOCK);
        read.add(new Block(bytes, length, null));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    } catch (IOException | RuntimeException | Error e) {
      read.add(new Block(new byte[0], 0, e));
    }
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (at == block.length && !next()) {
      return -1;
    }
    var bytes = Math.min(length, block.length - at);
    System.arraycopy(block.bytes, at, into, offset, bytes);
    at += bytes;
    return bytes;
  }

  /** Goes to the next block; false at the end. */
  private boolean next() throws IOException {
    if (block.length < BLOCK) {
      return false;
    }
    free.add(block.bytes);
    block = take();
    at = 0;
    switch (block.problem) {
      case null -> {}
      case IOException own -> throw own;
      case RuntimeException own -> throw own;
      case Error own -> throw own;
      default -> throw new IllegalStateException(block.problem);
    }
    return block.length > 0;
  }

  /** Whoever interrupts this finds it so afterwards; a thread that reads itself does the same. */
  private Block take() {
    var interrupted = false;
    try {
      while (true) {
        try {
          return read.take();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    reader.interrupt();
  }
}
