package dev.batchapi.metrics;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lines that a carrier has and the network does not have yet, oldest first. */
final class Underway {
  /** A line and what it is worth, in case it does not arrive. */
  record Pushed(Series series, double value) {}

  private static final Logger LOG = LoggerFactory.getLogger(StatsdMetrics.class);
  private static final long LOG_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Losses losses;
  private final LongAdder sent = new LongAdder();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Pushed> carried = new ArrayDeque<>();

  /** Those of {@link #carried}, and those that the carrier has not taken yet. */
  private int lines;

  private long lastChange = System.nanoTime();
  private long nextLog = lastChange;
  private boolean closed;
  private volatile boolean present = true;
  private volatile boolean opened;

  Underway(Losses losses) {
    this.losses = losses;
  }

  /** Lines handed to the network so far. */
  long sent() {
    return sent.sum();
  }

  /** Whether nothing says that the server is away. */
  boolean present() {
    return present;
  }

  /** The server is there, for all that can be known. */
  void found() {
    lock.lock();
    try {
      present = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The server is away: counters wait from now on. */
  void away(Throwable why) {
    lock.lock();
    try {
      long now = System.nanoTime();
      if (present && now - nextLog >= 0) {
        nextLog = now + LOG_EVERY_NANOS;
        LOG.warn("The metrics server can't be reached, and is looked for: {}", why.toString());
      }
      present = false;
    } finally {
      lock.unlock();
    }
  }

  /** The carrier was opened, or it was tried. */
  void opened() {
    lock.lock();
    try {
      opened = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  int lines() {
    lock.lock();
    try {
      return lines;
    } finally {
      lock.unlock();
    }
  }

  /** These are to be carried. */
  void add(int more) {
    lock.lock();
    try {
      lines += more;
      lastChange = System.nanoTime();
    } finally {
      lock.unlock();
    }
  }

  /** The carrier is about to take this one. */
  void taken(Pushed line) {
    lock.lock();
    try {
      carried.add(line);
    } finally {
      lock.unlock();
    }
  }

  /** The network has the oldest ones. */
  void written(int count) {
    lock.lock();
    try {
      for (int i = 0; i < count && !carried.isEmpty(); i++) {
        var _ = carried.remove();
        lines--;
        sent.increment();
      }
      lastChange = System.nanoTime();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The network did not take the oldest ones. */
  void failed(int count) {
    lock.lock();
    try {
      for (int i = 0; i < count && !carried.isEmpty(); i++) {
        giveBack(carried.remove());
        lines--;
      }
      lastChange = System.nanoTime();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The carrier refused the newest one. */
  void refused() {
    lock.lock();
    try {
      Pushed line = carried.pollLast();
      if (line != null) {
        giveBack(line);
        lines--;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** These were not carried at all. */
  void notCarried(List<Pushed> rest) {
    lock.lock();
    try {
      for (Pushed line : rest) {
        giveBack(line);
        lines--;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Counters take back what is theirs, everything else is lost; once closed, all is lost. */
  private void giveBack(Pushed line) {
    if (closed) {
      losses.count(Loss.NETWORK, line.series().name(), "the network did not take it to the end");
    } else {
      Datagram.giveBack(line.series(), line.value(), losses);
    }
  }

  /** What the carrier seems to have lost without a word, for that long, is given back. */
  void giveUpAfter(long nanos) {
    lock.lock();
    try {
      if (!carried.isEmpty() && System.nanoTime() - lastChange >= nanos) {
        failed(carried.size());
      }
    } finally {
      lock.unlock();
    }
  }

  /** From now on nothing can be given back any more; what is still underway is lost. */
  void close() {
    lock.lock();
    try {
      closed = true;
      failed(carried.size());
      if (lines > 0) {
        losses.count(Loss.NETWORK, lines, null, "the network did not take them to the end");
        lines = 0;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until nothing is underway; false if that took longer. */
  boolean awaitNone(long nanos) {
    return await(() -> lines <= 0, nanos);
  }

  /** Waits until there is room for one more; false if that took longer. */
  boolean awaitFewerThan(int most, long nanos) {
    return await(() -> lines < most, nanos);
  }

  boolean awaitPresent(long nanos) {
    return await(() -> present, nanos);
  }

  boolean awaitOpened(long nanos) {
    return opened || await(() -> opened, nanos);
  }

  /** Whatever interrupts. */
  private boolean await(BooleanSupplier wanted, long nanos) {
    boolean interrupted = false;
    long end = System.nanoTime() + nanos;
    lock.lock();
    try {
      while (!wanted.getAsBoolean()) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        try {
          var _ = changed.await(left, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      return true;
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
