package dev.batchapi.runtime.host;

import dev.batchapi.runtime.protocol.HandlerError;
import dev.batchapi.runtime.protocol.HandlerError.Reason;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends a batch at its deadline: interrupts the author's code where it stands, and remembers where
 * that was. What an interrupt does not end is given up: the worker is told where it stood, and ends
 * the process. Closed when the author's code has returned and its result is read.
 */
final class HandlerDeadline implements AutoCloseable {
  /** How long threads of items may take to end once they are interrupted. */
  static final Duration PATIENCE = Duration.ofSeconds(1);

  /** How long the author's code may go on after it; the worker waits no longer than 4 s. */
  static final Duration ENDURANCE = Duration.ofSeconds(3);

  /** Started with the first batch that has a deadline. */
  private static final class Timer {
    static final ScheduledThreadPoolExecutor ONE =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("batch-deadline").factory());

    static {
      ONE.setRemoveOnCancelPolicy(true);
    }
  }

  private final Thread thread;
  private final Consumer<HandlerError> givenUp;
  private @Nullable ScheduledFuture<?> timer;
  private @Nullable Runnable end;
  private boolean closed;
  private volatile boolean passed;
  private volatile String stack = "";

  /**
   * Counts from now.
   *
   * @param thread the one that calls the author's code
   * @param at milliseconds since 1970; 0: never
   * @param givenUp told once at most, on another thread, of code that goes on in spite of all;
   *     {@link #close} comes later then
   */
  HandlerDeadline(Thread thread, long at, Consumer<HandlerError> givenUp) {
    this.thread = thread;
    this.givenUp = givenUp;
    timer = at == 0 ? null : schedule(at);
  }

  private ScheduledFuture<?> schedule(long at) {
    return Timer.ONE.schedule(this::pass, at - System.currentTimeMillis(), TimeUnit.MILLISECONDS);
  }

  /** What comes now is no time of the batch's. May be called on any thread. */
  synchronized void pause() {
    if (timer != null) {
      var _ = timer.cancel(false);
    }
  }

  /**
   * It is again. May be called on any thread.
   *
   * @param at milliseconds since 1970; 0: never
   */
  synchronized void goOn(long at) {
    if (at != 0 && !closed && !passed) {
      timer = schedule(at);
    }
  }

  /** Of a batch without one. */
  static HandlerDeadline never() {
    return new HandlerDeadline(Thread.currentThread(), 0, error -> {});
  }

  /**
   * Says who ends the author's code, where that is not on this thread alone: once, on another
   * thread, when {@link #hasPassed} is true already. What goes on in spite of it has this thread
   * interrupted a little later.
   */
  synchronized void endsBy(Runnable all) {
    end = all;
    if (passed) {
      all.run();
    }
  }

  private synchronized void pass() {
    if (closed) {
      return;
    }
    stack = AuthorStack.of("It stood here at the deadline:", thread.getStackTrace());
    passed = true;
    var _ = Timer.ONE.schedule(this::giveUp, ENDURANCE.toMillis(), TimeUnit.MILLISECONDS);
    if (end == null) {
      thread.interrupt();
    } else {
      end.run();
      var _ = Timer.ONE.schedule(this::lose, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private synchronized void lose() {
    if (!closed) {
      thread.interrupt();
    }
  }

  private synchronized void giveUp() {
    if (!closed) {
      givenUp.accept(HandlerTimedOut.goesOnAt(stack).error());
    }
  }

  boolean hasPassed() {
    return passed;
  }

  /** What came out of the author's code, or its end if that came first. */
  Throwable reason(Throwable thrown) {
    return passed && !(thrown instanceof HandlerTimedOut) && !Breakage.isIn(thrown)
        ? HandlerTimedOut.at(stack)
        : thrown;
  }

  /** What is wrong with a result, or its end if that came first: nobody knows what it cut off. */
  HandlerError reason(HandlerError invalid) {
    return passed && invalid.reason() == Reason.ResultInvalid
        ? HandlerTimedOut.at(stack).error()
        : invalid;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (timer != null) {
      var _ = timer.cancel(false);
    }
  }
}
