package dev.batchapi.data.files;

import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoreUnavailableException;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads payloads before they are asked for, as long as they are asked for about in their order: by
 * a thread of its own, which goes through the files as a stream. It holds at most {@value #BATCHES}
 * of them, and not many more than {@value #BYTES} bytes. What goes wrong is nobody's news here: who
 * asks for such a batch is told to read it. For any thread.
 */
final class PayloadsAhead implements AutoCloseable {
  static final int BATCHES = 64;
  static final long BYTES = 8 << 20;

  /** Of one that can't be read, or not all of it; others have brackets at least. */
  static final byte[] UNREAD = new byte[0];

  private final int count;
  private final Source source;
  private final TreeMap<Integer, byte[]> ready = new TreeMap<>();
  private @Nullable Thread reader;
  private long bytes;
  private int next;
  private int wanted = -2;
  private boolean closed;

  /** Reads one batch after the other; by one thread. */
  interface Source {
    byte[] payload(int batch);

    /** Nothing is read for now. */
    void pause();
  }

  /**
   * @param count how many batches there are
   */
  PayloadsAhead(int count, Source source) {
    this.count = count;
    this.source = source;
  }

  /** A batch's payload, if it has been read or is about to be; each is to be had once. */
  Optional<byte[]> take(int batch) {
    var interrupted = false;
    try {
      synchronized (this) {
        var follows = batch == wanted + 1;
        wanted = Math.max(wanted, batch);
        notifyAll();
        if (reader == null && follows && batch >= next) {
          start(batch + 1);
        } else if (reader != null && batch >= next + BATCHES) {
          forget();
          next = batch + 1;
        }
        while (reader != null && batch >= next && !closed) {
          try {
            wait();
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
        var payload = ready.remove(batch);
        if (payload == null) {
          return Optional.empty();
        }
        bytes -= payload.length;
        notifyAll();
        return payload.length == 0 ? Optional.empty() : Optional.of(payload);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void start(int batch) {
    if (!closed && batch < count) {
      next = batch;
      reader = Thread.ofPlatform().daemon().name("read-ahead").start(this::read);
    }
  }

  private void forget() {
    ready.clear();
    bytes = 0;
  }

  private void read() {
    try {
      for (var batch = toRead(); batch >= 0; batch = toRead()) {
        var payload = payload(batch);
        synchronized (this) {
          if (batch == next) {
            ready.put(batch, payload);
            bytes += payload.length;
            next++;
            notifyAll();
          }
        }
      }
    } catch (StoreUnavailableException | StoreRefusedException e) {
      // Whoever asks for the batch meets the same, and has words for it.
    } finally {
      try {
        source.pause();
      } finally {
        synchronized (this) { // however closing a stream ends: who asks for a batch waits for this
          reader = null;
          notifyAll();
        }
      }
    }
  }

  private byte[] payload(int batch) {
    try {
      return source.payload(batch);
    } catch (StoreUnavailableException | StoreRefusedException e) {
      throw e;
    } catch (RuntimeException e) {
      return UNREAD;
    }
  }

  /** The next one, as soon as there is room for it; -1 at the end. */
  private synchronized int toRead() {
    while (!closed && next < count && next > wanted && isFull()) {
      try {
        wait();
      } catch (InterruptedException e) {
        return -1;
      }
    }
    if (closed || next >= count) {
      return -1;
    }
    while (!ready.isEmpty() && isFull()) {
      bytes -= ready.pollFirstEntry().getValue().length; // passed over by those who ask
    }
    return next;
  }

  private boolean isFull() {
    return ready.size() >= BATCHES || bytes >= BYTES;
  }

  @Override
  public synchronized void close() {
    closed = true;
    forget();
    notifyAll();
  }
}
