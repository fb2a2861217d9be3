package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.End;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.Tally;
import dev.batchapi.queue.Usage;
import io.nats.client.Message;
import java.time.ZonedDateTime;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the streams say of one open job, record by record, each once. What nobody of ours can have
 * written is garbage: it is counted, and nothing is kept of it. Not thread-safe.
 */
final class JobRecords {
  /** Headers, subject and what the server stores around a message. */
  private static final int OVERHEAD = 40;

  private final Tally tally;
  private final LongSupplier nanos;
  // Every record of the job up to here was taken.
  private long outUpTo;
  private long tryUpTo;
  private long bytes;
  private long garbage;
  private long garbageBytes;
  private double idle;
  private long idleAt;
  private @Nullable ZonedDateTime ended;

  JobRecords(int total, LongSupplier nanos) {
    tally = new Tally(total);
    this.nanos = nanos;
    idleAt = nanos.getAsLong();
  }

  Tally tally() {
    return tally;
  }

  long upTo(String stream) {
    return stream.equals(Subjects.OUT) ? outUpTo : tryUpTo;
  }

  /** There is nothing more of the job up to this sequence. */
  void upTo(String stream, long sequence) {
    if (stream.equals(Subjects.OUT)) {
      outUpTo = Math.max(outUpTo, sequence);
    } else {
      tryUpTo = Math.max(tryUpTo, sequence);
    }
  }

  /** Takes the next record of OUT, one of the job's outcomes; true if the counts are others now. */
  boolean outcome(Message record) {
    if (isOld(Subjects.OUT, record)) {
      return false;
    }
    var size = size(record);
    bytes += size;
    var batch = Subjects.batch(record.getSubject());
    if (batch == null || !tally.has(batch.index())) {
      garbage(size);
      return false;
    }
    var head = OutcomeRecord.head(record);
    if (head == null) {
      // It takes the place of the batch's outcome, and can't be replaced.
      garbage(size);
      return tally.outcome(batch.index(), Outcome.Kind.FAILED, 1);
    }
    return tally.outcome(batch.index(), head.kind(), head.failedItems(), head.failures());
  }

  /** Takes the job's end. */
  boolean end(Message record, End end) {
    if (isOld(Subjects.OUT, record)) {
      return false;
    }
    if (ended == null) {
      ended = record.metaData().timestamp();
    }
    tally.ended(end);
    return true;
  }

  /**
   * Takes the next record of TRY. What was written there after the end, by the server's clock, does
   * not count, as outcomes after it don't.
   */
  boolean attempts(Message record) {
    if (isOld(Subjects.TRY, record)) {
      return false;
    }
    var size = size(record);
    bytes += size;
    var batch = Subjects.batch(record.getSubject());
    var head = AttemptRecord.head(record);
    if (batch == null || head == null || !tally.has(batch.index())) {
      garbage(size);
      return false;
    }
    if (ended != null && record.metaData().timestamp().isAfter(ended)) {
      return false;
    }
    var told = tally.tried(batch.index(), head.failures(), head.losses());
    if (!told) {
      idle = idleNow() + 1;
    }
    return told;
  }

  private boolean isOld(String stream, Message record) {
    var sequence = record.metaData().streamSequence();
    var old = sequence <= upTo(stream);
    upTo(stream, sequence);
    return old;
  }

  private void garbage(long size) {
    garbage++;
    garbageBytes += size;
  }

  private double idleNow() {
    var now = nanos.getAsLong();
    idle = Math.max(0, idle - (now - idleAt) / 1e9);
    idleAt = now;
    return idle;
  }

  Usage usage() {
    return new Usage(bytes, garbage, garbageBytes, (long) idleNow());
  }

  /** Followers get a record without its body, but with the body's size in a header. */
  private static long size(Message record) {
    var headers = record.getHeaders();
    if (headers == null) {
      return OVERHEAD;
    }
    var size = OVERHEAD + (long) record.getSubject().length() + headers.serializedLength();
    try {
      return size + Math.max(0, Integer.parseInt(headers.getLast("Nats-Msg-Size")));
    } catch (NumberFormatException e) {
      return size;
    }
  }
}
