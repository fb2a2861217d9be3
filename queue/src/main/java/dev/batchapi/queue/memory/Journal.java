package dev.batchapi.queue.memory;

import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Outcome;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;

/**
 * A job's outcomes in a folder, written as they come, so that another process can go on where this
 * one ended: killed, it loses the batches in hand and nothing else. The bodies stand in one file,
 * and in another a record of {@value #RECORD_BYTES} bytes for each outcome, written after its body.
 * The last record of a batch counts, and that of {@code on_job_complete} until a batch has another
 * one. What was not written to its end, as when the machine lost its power, is known by its
 * checksum and is as if it had never been. Thread-safe.
 */
public final class Journal implements AutoCloseable {
  private static final String RECORDS = "outcomes";
  private static final String BODIES = "bodies";

  /** A file of its own: closing any other handle of a locked file would let go of the lock. */
  private static final String LOCK = "lock";

  private static final int RECORD_BYTES = 32;
  private static final int SUCCEEDED = 0;
  private static final int FAILED = 1;

  /**
   * A reader of before there was this kind would take it for a success; so its records have the
   * complement of their checksum, and that reader does these batches again.
   */
  private static final int PARTIAL = 2;

  private final Path folder;
  private final RandomAccessFile lock;
  private final RandomAccessFile records;
  private final Spool bodies;
  private final Outcomes known = new Outcomes();

  private Journal(Path folder, RandomAccessFile lock) throws IOException {
    this.folder = folder;
    this.lock = lock;
    records = new RandomAccessFile(folder.resolve(RECORDS).toFile(), "rw");
    try {
      bodies = Spool.named(folder, BODIES);
      read();
    } catch (IOException | RuntimeException e) {
      records.close();
      throw e;
    }
  }

  /**
   * Opens what is there, or an empty one.
   *
   * @param folder an existing one
   * @throws JournalInUseException if another process has it open
   * @throws IOException if it can't be read or written to
   */
  public static Journal open(Path folder) throws IOException {
    var lock = new RandomAccessFile(folder.resolve(LOCK).toFile(), "rw");
    try {
      // Ends with the process, however that ends.
      if (lock.getChannel().tryLock() == null) {
        throw new JournalInUseException(folder);
      }
      return new Journal(folder, lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** How many batches have an outcome in it. */
  public int batches() {
    return known.batches().length;
  }

  /** Forgets everything. */
  public synchronized void clear() throws IOException {
    records.setLength(0);
    records.seek(0);
    bodies.clear();
    known.clear();
  }

  /** Whether a file of its folder is one of its own. */
  public static boolean isName(String name) {
    return name.equals(RECORDS) || name.equals(BODIES) || name.equals(LOCK);
  }

  /** Removes its files, the lock last; it can't be used any more. */
  public void delete() throws IOException {
    Files.deleteIfExists(folder.resolve(BODIES));
    Files.deleteIfExists(folder.resolve(RECORDS));
    Files.deleteIfExists(folder.resolve(LOCK));
    close();
  }

  Spool bodies() {
    return bodies;
  }

  /** What was in it when it was opened. */
  Outcomes known() {
    return known;
  }

  /**
   * Adds an outcome whose body is in {@link #bodies}, its result with it.
   *
   * @throws UncheckedIOException if there is no room
   */
  synchronized void add(int index, Outcomes.Kept outcome, int bodyChecksum) {
    var record = ByteBuffer.allocate(RECORD_BYTES);
    var kind =
        switch (outcome.kind()) {
          case SUCCEEDED -> SUCCEEDED;
          case FAILED -> FAILED;
          case PARTIAL -> PARTIAL;
        };
    record
        .putInt(index)
        .putInt(kind)
        .putInt(outcome.attempts())
        .putLong(outcome.body().from())
        .putInt(outcome.body().length())
        .putInt(bodyChecksum)
        .putInt(recordChecksum(record.array(), kind));
    try {
      records.write(record.array());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The results can't be kept in %s: %s".formatted(folder, e.getMessage()), e);
    }
  }

  static int checksum(byte[] bytes) {
    return checksum(bytes, bytes.length);
  }

  private static int checksum(byte[] bytes, int length) {
    var checksum = new CRC32();
    checksum.update(bytes, 0, length);
    return (int) checksum.getValue();
  }

  private static int recordChecksum(byte[] record, int kind) {
    var checksum = checksum(record, RECORD_BYTES - Integer.BYTES);
    return kind == PARTIAL ? ~checksum : checksum;
  }

  private void read() throws IOException {
    var end = 0L;
    try (var in = new BufferedInputStream(Files.newInputStream(folder.resolve(RECORDS)))) {
      var record = new byte[RECORD_BYTES];
      while (in.readNBytes(record, 0, RECORD_BYTES) == RECORD_BYTES && take(record)) {
        end += RECORD_BYTES;
      }
    }
    records.setLength(end);
    records.seek(end);
  }

  /** Whether the record is a whole one. */
  private boolean take(byte[] record) {
    var in = ByteBuffer.wrap(record);
    var index = in.getInt();
    var kind = in.getInt();
    var attempts = in.getInt();
    var body = new Spool.Span(in.getLong(), in.getInt());
    var bodyChecksum = in.getInt();
    if (in.getInt() != recordChecksum(record, kind)
        || !bodies.has(body)
        || checksum(bodies.read(body)) != bodyChecksum) {
      return false;
    }
    if (index != Lease.COMPLETION) {
      // on_job_complete has seen a summary without this outcome.
      known.remove(Lease.COMPLETION);
    }
    known.put(
        index,
        new Outcomes.Kept(
            switch (kind) {
              case FAILED -> Outcome.Kind.FAILED;
              case PARTIAL -> Outcome.Kind.PARTIAL;
              default -> Outcome.Kind.SUCCEEDED;
            },
            attempts,
            body,
            null));
    return true;
  }

  @Override
  public void close() throws IOException {
    try (lock;
        records) {
      bodies.close();
    }
  }
}
