package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.QueueUnavailableException;
import io.nats.client.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the records that come into a stream, once and in order, for as long as it is open. */
final class StreamFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StreamFollower.class);
  private static final Duration LOOK_UP = Duration.ofMillis(250);

  /** Nothing comes for so long although there is something: the stream is asked anew. */
  private static final Duration QUIET = Duration.ofMillis(500);

  /** The same of a server that is so busy that being asked anew again and again would stop all. */
  private static final Duration LONGEST_QUIET = Duration.ofSeconds(16);

  /** Takes the records; an exception means that the same one comes again. */
  interface Records {
    /**
     * Takes one.
     *
     * @param epoch which life of the stream the record is of
     */
    void apply(Message record, long epoch);
  }

  private final NatsConnection nats;
  private final String stream;
  private final List<String> subjects;
  private final Records records;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition advanced = lock.newCondition();
  // Every record up to this sequence was applied. All below is guarded by the lock.
  private long position;
  private long epoch;
  private boolean reopen;
  private boolean reading;
  private long quietSince;
  private Duration quiet = QUIET;

  /**
   * Begins behind a sequence.
   *
   * @param subjects which records are read, {@code >} for all
   * @param from 0 for the whole stream
   */
  StreamFollower(
      NatsConnection nats, String stream, List<String> subjects, long from, Records records) {
    this.nats = nats;
    this.stream = stream;
    this.subjects = subjects;
    this.records = records;
    position = from;
    nats.afterReconnect(this::reopen);
    thread = Thread.ofPlatform().daemon().name("queue-follow-" + stream).start(this::run);
  }

  private void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        follow();
      } catch (InterruptedException e) {
        return;
      } catch (IOException | RuntimeException e) {
        LOG.debug("Following stream {} again: {}", stream, e.getMessage());
        if (!pause()) {
          return;
        }
      }
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(LOOK_UP);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void follow() throws IOException, InterruptedException {
    var from = start();
    // Asked before the consumer is made: when there is nothing to read, all up to here is known.
    var last =
        nats.request("look at " + stream, () -> nats.management().getStreamInfo(stream))
            .getStreamState()
            .getLastSequence();
    var range = new StreamReader.Range(stream, subjects, from.position + 1, true);
    try (var reader = StreamReader.open(nats, range)) {
      reading();
      if (reader.pendingAtStart() == 0) {
        advance(from.epoch, last);
      }
      while (isCurrent(from.epoch)) {
        var record = reader.next(LOOK_UP);
        if (record != null) {
          records.apply(record, from.epoch);
          var at = record.metaData();
          var known = at.streamSequence();
          advance(from.epoch, at.pendingCount() == 0 ? Math.max(known, last) : known);
        }
      }
    }
  }

  private record Start(long position, long epoch) {}

  private Start start() {
    lock.lock();
    try {
      reopen = false;
      reading = false;
      return new Start(position, epoch);
    } finally {
      lock.unlock();
    }
  }

  private void reading() {
    lock.lock();
    try {
      reading = true;
      quietSince = System.nanoTime();
    } finally {
      lock.unlock();
    }
  }

  private boolean isCurrent(long of) {
    lock.lock();
    try {
      return of == epoch && !reopen;
    } finally {
      lock.unlock();
    }
  }

  private void advance(long of, long to) {
    lock.lock();
    try {
      if (of == epoch && to > position) {
        position = to;
        quietSince = System.nanoTime();
        quiet = QUIET;
        advanced.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Asks the stream anew for everything behind the last record. */
  void reopen() {
    lock.lock();
    try {
      reopen = true;
    } finally {
      lock.unlock();
    }
  }

  /** Begins a new life of the stream with its first record. */
  void restart(long newEpoch) {
    lock.lock();
    try {
      epoch = newEpoch;
      position = 0;
      reopen = true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until every record up to a sequence was applied. */
  void await(long sequence, Duration patience) {
    var left = patience.toNanos();
    lock.lock();
    try {
      while (position < sequence) {
        if (left <= 0) {
          throw new QueueUnavailableException(
              "The records of stream %s could not be read within %d s."
                  .formatted(stream, patience.toSeconds()),
              null);
        }
        var step = Math.min(left, TimeUnit.MILLISECONDS.toNanos(100));
        left -= step - Math.max(0, advanced.awaitNanos(step));
        askAnewIfQuiet();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw NatsConnection.interrupted("reading stream " + stream, e);
    } finally {
      lock.unlock();
    }
  }

  /** No progress at all: the rest was purged, or the consumer is gone. Opening anew tells. */
  private void askAnewIfQuiet() {
    if (reading && System.nanoTime() - quietSince > quiet.toNanos()) {
      reopen = true;
      reading = false;
      quiet = quiet.compareTo(LONGEST_QUIET) < 0 ? quiet.multipliedBy(2) : quiet;
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
