package dev.batchapi.guard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Lines that wait for the exporter, first in, first out. While it keeps up they are few; when it is
 * slow or away, each sender has its share of the room. What a sender waits with is measured by what
 * it costs the exporter: a line that stands for a hundred observations like a hundred lines.
 */
final class Outgoing {
  /** Datagrams of one sender that follow each other are noted as one up to here. */
  private static final int LARGEST_CHUNK = 16 << 10;

  private final ByteBuffer bytes;
  private int start;
  private int end;
  private boolean inLine;

  // Whose the waiting bytes are, in their order: a ring.
  private final @Nullable Sender[] owners;
  private final int[] lengths;
  private final long[] costs;
  private int first;
  private int chunks;
  private long cost;

  // Of the datagram at hand, behind the end.
  private int newBytes;
  private long newCost;

  Outgoing(int capacity, int maxChunks) {
    bytes = ByteBuffer.allocateDirect(capacity);
    owners = new Sender[maxChunks];
    lengths = new int[maxChunks];
    costs = new long[maxChunks];
  }

  /** How much waits, in bytes. */
  int size() {
    return end - start;
  }

  /** Makes room for the lines of a datagram; false if there is none. */
  boolean begin(int length) {
    newBytes = 0;
    newCost = 0;
    if (bytes.capacity() - end <= length && start > 0) {
      bytes.limit(end).position(start);
      bytes.compact().clear();
      end -= start;
      start = 0;
    }
    return bytes.capacity() - end > length && chunks < owners.length;
  }

  /** A line of the datagram. */
  void add(byte[] data, int from, int to, int events) {
    int length = to - from;
    bytes.put(end + newBytes, data, from, length);
    bytes.put(end + newBytes + length, (byte) '\n');
    newBytes += length + 1;
    newCost += (long) (length + 1) * events;
  }

  /**
   * The end of the datagram. All of its lines go or none, so that a gauge's 0 and the change that
   * follows it stay together.
   *
   * @return false if the sender has its share waiting already
   */
  boolean commit(Sender sender) {
    if (newBytes == 0) {
      return true;
    }
    if (!Share.allows(sender.queued, newCost, bytes.capacity() - cost, 1)) {
      return false;
    }
    sender.queued += newCost;
    cost += newCost;
    end += newBytes;
    int last = (first + chunks - 1) % owners.length;
    if (chunks > 0 && owners[last] == sender && lengths[last] + newBytes <= LARGEST_CHUNK) {
      lengths[last] += newBytes;
      costs[last] += newCost;
    } else {
      int next = (first + chunks++) % owners.length;
      owners[next] = sender;
      lengths[next] = newBytes;
      costs[next] = newCost;
    }
    return true;
  }

  /** Hands on what the channel takes. */
  void write(WritableByteChannel channel) throws IOException {
    while (start < end) {
      bytes.limit(end).position(start);
      int written = channel.write(bytes);
      bytes.clear();
      if (written == 0) {
        return;
      }
      inLine = bytes.get(start + written - 1) != '\n';
      took(written);
    }
    start = 0;
    end = 0;
  }

  /**
   * The connection ended: a line of which a part was handed on is lost, for its rest would be
   * another line.
   *
   * @return how many lines were lost, 0 or 1
   */
  int dropBrokenLine() {
    if (!inLine) {
      return 0;
    }
    int next = start;
    while (bytes.get(next) != '\n') {
      next++;
    }
    took(next + 1 - start);
    inLine = false;
    return 1;
  }

  private void took(int count) {
    start += count;
    int rest = count;
    while (rest > 0) {
      int part = Math.min(rest, lengths[first]);
      lengths[first] -= part;
      rest -= part;
      if (lengths[first] == 0) {
        Sender owner = owners[first];
        if (owner != null) {
          owner.queued -= costs[first];
        }
        cost -= costs[first];
        owners[first] = null;
        first = (first + 1) % owners.length;
        chunks--;
      }
    }
  }
}
