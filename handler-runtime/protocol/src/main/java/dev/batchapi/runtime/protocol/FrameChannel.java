package dev.batchapi.runtime.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Frames over a blocking socket. Any thread may write; one thread at a time reads. A frame of up to
 * 64 KiB costs one system call in each direction.
 *
 * <p>Interrupting a thread inside {@link #read} or {@link #write} closes the socket, as with every
 * {@code InterruptibleChannel}.
 */
public final class FrameChannel implements AutoCloseable {
  /** A frame's length field, which counts the type and the body, is at most this many bytes. */
  public static final int MAX_FRAME_BYTES = 4 << 20;

  /** Results of an answer that are sent at a time. */
  public static final int PART_BYTES = 1 << 20;

  private static final int LENGTH_BYTES = 4;
  private static final int BUFFER_BYTES = 64 << 10;

  /** About what a Unix socket takes or gives at once; larger calls only cost memory. */
  private static final int CHUNK_BYTES = 256 << 10;

  private final SocketChannel channel;
  private final ReentrantLock writing = new ReentrantLock();
  private final ByteBuffer out = ByteBuffer.allocateDirect(CHUNK_BYTES);

  /** Always in the state "ready to be taken from". */
  private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);

  /** Takes over a connected channel in blocking mode. */
  public FrameChannel(SocketChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits for the next frame.
   *
   * @throws PeerGoneException at the end of the stream
   * @throws ProtocolException if the length or the type is none of this protocol
   */
  public Frame read() throws IOException {
    fillAtLeast(LENGTH_BYTES);
    int length = in.getInt();
    if (length < 1 || length > MAX_FRAME_BYTES) {
      throw new ProtocolException(
          "a frame of %d bytes; the limit is %d"
              .formatted(Integer.toUnsignedLong(length), MAX_FRAME_BYTES));
    }
    fillAtLeast(1);
    FrameType type = FrameType.of(in.get());
    byte[] body = new byte[length - 1];
    int buffered = Math.min(in.remaining(), body.length);
    in.get(body, 0, buffered);
    if (body.length - buffered < BUFFER_BYTES) {
      int rest = body.length - buffered;
      fillAtLeast(rest);
      in.get(body, buffered, rest);
    } else {
      readInto(ByteBuffer.wrap(body, buffered, body.length - buffered));
    }
    return new Frame(type, body);
  }

  private void fillAtLeast(int wanted) throws IOException {
    if (in.remaining() >= wanted) {
      return;
    }
    boolean betweenFrames = !in.hasRemaining() && wanted == LENGTH_BYTES;
    in.compact();
    try {
      while (in.position() < wanted) {
        readSome(in, betweenFrames && in.position() == 0);
      }
    } finally {
      in.flip();
    }
  }

  private void readInto(ByteBuffer body) throws IOException {
    int end = body.limit();
    while (body.position() < end) {
      body.limit(Math.min(end, body.position() + CHUNK_BYTES));
      readSome(body, false);
    }
  }

  private void readSome(ByteBuffer target, boolean betweenFrames) throws IOException {
    int count;
    try {
      count = channel.read(target);
    } catch (ClosedChannelException closedHere) {
      throw closedHere;
    } catch (IOException reset) {
      throw new PeerGoneException("the other side is gone: " + reset.getMessage(), reset);
    }
    if (count < 0) {
      throw new PeerGoneException(
          betweenFrames
              ? "the other side closed the connection"
              : "the other side closed the connection in the middle of a frame");
    }
  }

  /** Sends a frame without a body. */
  public void write(FrameType type) throws IOException {
    write(type, ByteBuffer.allocate(0));
  }

  /** Sends a frame. */
  public void write(FrameType type, byte[] body) throws IOException {
    write(type, ByteBuffer.wrap(body));
  }

  /**
   * Sends a frame whose body is the parts, one after the other. Returns when the system has taken
   * all of it. The parts' positions move.
   *
   * @throws IllegalArgumentException if the frame is over the limit; nothing was sent
   * @throws PeerGoneException if the other side has closed the socket
   */
  public void write(FrameType type, ByteBuffer... parts) throws IOException {
    long length = 1;
    for (ByteBuffer part : parts) {
      length += part.remaining();
    }
    if (length > MAX_FRAME_BYTES) {
      throw new IllegalArgumentException(
          "%s of %d bytes is over the limit of a frame, %d"
              .formatted(type, length, MAX_FRAME_BYTES));
    }
    writing.lock();
    try {
      out.clear().putInt((int) length).put(type.code());
      for (ByteBuffer part : parts) {
        append(part);
      }
      flush();
    } finally {
      writing.unlock();
    }
  }

  /**
   * Sends an answer with results: those that are too large for one frame in PARTs before it. The
   * position of {@code results} moves.
   *
   * @param head what stands before the results in the answer itself
   */
  public void writeAnswer(FrameType type, byte[] head, ByteBuffer results) throws IOException {
    int end = results.limit();
    while (end - results.position() > PART_BYTES) {
      write(FrameType.PART, results.limit(results.position() + PART_BYTES));
      results.limit(end);
    }
    write(type, ByteBuffer.wrap(head), results);
  }

  private void append(ByteBuffer part) throws IOException {
    while (part.hasRemaining()) {
      if (!out.hasRemaining()) {
        flush();
      }
      int count = Math.min(part.remaining(), out.remaining());
      out.put(out.position(), part, part.position(), count).position(out.position() + count);
      part.position(part.position() + count);
    }
  }

  private void flush() throws IOException {
    out.flip();
    try {
      while (out.hasRemaining()) {
        channel.write(out);
      }
    } catch (ClosedChannelException closedHere) {
      throw closedHere;
    } catch (IOException broken) {
      throw new PeerGoneException("the other side is gone: " + broken.getMessage(), broken);
    }
    out.clear();
  }

  /** Closes the socket; a thread that waits in {@link #read} ends with an exception. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
