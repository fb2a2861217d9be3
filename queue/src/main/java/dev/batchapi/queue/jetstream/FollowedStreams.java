package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.ChangeListeners;
import dev.batchapi.queue.QueueAccessException;
import dev.batchapi.queue.QueueUnavailableException;
import io.nats.client.api.StreamInfo;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the tallies up with the streams, and notices when the streams are others than before: on a
 * new disk, or deleted by hand.
 */
final class FollowedStreams implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FollowedStreams.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

  /** A consumer that is gone without a word is missed for so many looks. */
  private static final int LOOKS_TO_REOPEN = 12;

  private final Streams streams;
  private final Tallies tallies;
  private final Duration patience;
  private final StreamFollower out;
  private final StreamFollower attempts;
  private final StreamFollower programEnds;
  private final Thread watcher;
  private final Semaphore lookNow = new Semaphore(0);

  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicLong epoch = new AtomicLong();
  // Guarded by the lock.
  private final Map<String, ZonedDateTime> created = new HashMap<>();
  private final Map<String, Long> start = new HashMap<>();
  private long lookedAt;
  private @Nullable RuntimeException lookFailure;

  // Of the watcher alone.
  private ZonedDateTime splitCreated;
  private int looks;

  FollowedStreams(
      NatsConnection nats,
      Streams streams,
      Tallies tallies,
      ChangeListeners changes,
      Duration patience) {
    this.streams = streams;
    this.tallies = tallies;
    this.patience = patience;
    lookedAt = System.nanoTime();
    created.put(Subjects.WORK, streams.ensure(Subjects.WORK).getCreateTime());
    var outNow = streams.ensure(Subjects.OUT);
    var attemptsNow = streams.ensure(Subjects.TRY);
    // Last: its room is what the others of an earlier version give back. What is lost with it is
    // not made again: its jobs find out.
    var splitNow = streams.ensure(Subjects.SPLIT);
    streams.ensure(Subjects.RATE);
    streams.ensure(Subjects.PROGRESS);
    // Nothing above leaves a thread behind when the server is away.
    out = follow(nats, Subjects.OUT, outNow);
    attempts = follow(nats, Subjects.TRY, attemptsNow);
    splitCreated = splitNow.getCreateTime();
    programEnds = ProgramEnds.follow(nats, splitNow.getStreamState().getLastSequence(), changes);
    nats.afterReconnect(lookNow::release);
    watcher = Thread.ofPlatform().daemon().name("queue-streams").start(this::watch);
  }

  /** From now on: who opens a job reads what is there of it. */
  private StreamFollower follow(NatsConnection nats, String name, StreamInfo now) {
    created.put(name, now.getCreateTime());
    var last = now.getStreamState().getLastSequence();
    tallies.followedFrom(name, last);
    start.put(name, last);
    return new StreamFollower(
        nats, name, List.of(">"), last, (record, of) -> tallies.apply(name, record, of));
  }

  /** What is in a stream up to this sequence was not seen by those who follow it. */
  long start(String stream) {
    lock.lock();
    try {
      return start.getOrDefault(stream, 0L);
    } finally {
      lock.unlock();
    }
  }

  private void watch() {
    try {
      while (true) {
        var _ = lookNow.tryAcquire(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        lookNow.drainPermits();
        try {
          catchUp();
          lookAfterProgramEnds();
          for (var name : List.of(Subjects.RATE, Subjects.PROGRESS)) {
            var _ = streams.info(name); // made again if it was lost
          }
        } catch (RuntimeException e) {
          LOG.debug("The streams could not be looked at: {}", e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("Closed.");
    }
  }

  /** Nobody waits for these, so nobody would notice that they don't come any more. */
  private void lookAfterProgramEnds() {
    var split = streams.info(Subjects.SPLIT);
    if (!split.getCreateTime().equals(splitCreated)) {
      splitCreated = split.getCreateTime();
      programEnds.restart(epoch.get());
    } else if (++looks % LOOKS_TO_REOPEN == 0) {
      programEnds.reopen();
    }
  }

  long epoch() {
    return epoch.get();
  }

  /**
   * Returns when the tallies hold everything that was in the streams at the call. Callers that come
   * while another looks share the next look, and what becomes of it: nobody waits in a long line.
   */
  void catchUp() {
    var called = System.nanoTime();
    lock.lock();
    try {
      if (lookedAt - called <= 0) {
        lookedAt = System.nanoTime();
        lookFailure = null;
        lookFailure = look();
      }
      if (lookFailure != null) {
        throw lookFailure;
      }
    } finally {
      lock.unlock();
    }
  }

  private @Nullable RuntimeException look() {
    try {
      var work = streams.info(Subjects.WORK);
      var outInfo = streams.info(Subjects.OUT);
      var tryInfo = streams.info(Subjects.TRY);
      var outIsOther = isOther(Subjects.OUT, outInfo);
      var tryIsOther = isOther(Subjects.TRY, tryInfo);
      var workIsOther = isOther(Subjects.WORK, work);
      if (outIsOther || tryIsOther) {
        startAnew(true);
      } else if (workIsOther) {
        startAnew(false);
      }
      out.await(outInfo.getStreamState().getLastSequence(), patience);
      attempts.await(tryInfo.getStreamState().getLastSequence(), patience);
      return null;
    } catch (QueueUnavailableException | QueueAccessException | IllegalStateException e) {
      return e;
    }
  }

  private boolean isOther(String name, StreamInfo now) {
    return !Objects.equals(created.put(name, now.getCreateTime()), now.getCreateTime());
  }

  private void startAnew(boolean countsLost) {
    LOG.warn("The streams are not the ones that were: every running job has to be enqueued again.");
    var next = epoch.incrementAndGet();
    if (countsLost) {
      start.clear();
      tallies.reset(next);
      out.restart(next);
      attempts.restart(next);
    } else {
      tallies.tellAll();
    }
  }

  @Override
  public void close() {
    watcher.interrupt();
    out.close();
    attempts.close();
    programEnds.close();
  }
}
