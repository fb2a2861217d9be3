package dev.batchapi.runtime.host;

import dev.batchapi.runtime.protocol.FrameChannel;
import dev.batchapi.runtime.protocol.FrameType;
import dev.batchapi.runtime.protocol.Permits;
import dev.batchapi.runtime.protocol.ProtocolException;
import dev.batchapi.runtime.protocol.Want;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Permits of the job's rate limit, of which each item needs one before its call. Whoever comes
 * first asks the worker for all that wait; the conversation's thread brings the answer. Used by any
 * thread.
 */
final class RatePermits {
  /** An interrupt of the author's must not close the socket under a frame. */
  private static final class Writer {
    static final ExecutorService ONE =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("permits").factory());
  }

  private final FrameChannel channel;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private HandlerDeadline deadline = HandlerDeadline.never();
  private int waiting;
  private int granted;
  private boolean asked;
  private boolean refused;

  RatePermits(FrameChannel channel) {
    this.channel = channel;
  }

  /** A batch begins, whose deadline stands still while something waits for a permit. */
  void begin(HandlerDeadline its) {
    lock.lock();
    try {
      deadline = its;
      refused = false;
      granted = 0;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for one; false if there will be none. */
  boolean takeOne() throws InterruptedException {
    return take(1, false);
  }

  /** Waits for so many at once; false if there will be none. */
  boolean takeAll(int count) throws InterruptedException {
    return take(count, true);
  }

  private boolean take(int count, boolean whole) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      waiting += count;
      try {
        while (granted < count && !refused) {
          if (!asked) {
            ask(new Want(waiting, whole));
          }
          changed.await();
        }
        granted -= refused ? 0 : count;
        return !refused;
      } finally {
        waiting -= count;
      }
    } finally {
      lock.unlock();
    }
  }

  private void ask(Want want) {
    asked = true;
    deadline.pause();
    write(want);
  }

  private void write(Want want) {
    Writer.ONE.execute(
        () -> {
          try {
            channel.write(FrameType.WANT, want.encode());
          } catch (IOException e) {
            // The worker is gone; the conversation's thread sees it as well.
          }
        });
  }

  /**
   * The worker's answer.
   *
   * @throws ProtocolException if nothing was asked
   */
  void came(Permits permits) throws ProtocolException {
    lock.lock();
    try {
      if (!asked) {
        throw new ProtocolException("PERMITS that nobody wanted");
      }
      asked = false;
      granted += permits.count();
      refused |= permits.count() == 0;
      deadline.goOn(permits.deadline());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The batch is over: nothing may come that nobody waits for. */
  void end() {
    lock.lock();
    try {
      if (asked) {
        write(Want.NOTHING);
      }
      while (asked) {
        changed.awaitUninterruptibly();
      }
      deadline = HandlerDeadline.never();
    } finally {
      lock.unlock();
    }
  }
}
