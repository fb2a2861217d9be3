package dev.batchapi.runtime.worker;

import dev.batchapi.queue.Waiting;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * Tells a job's owner that this worker waits, as long as it does so for more than half of the time.
 * Used by the worker's own thread.
 */
final class WaitNews {
  /** Over which time it is looked at, and how often it is told at most. */
  static final Duration WINDOW = Duration.ofSeconds(10);

  private final BiConsumer<Waiting.For, String> owner;
  private final LongSupplier nanos;
  private long began;
  private long waited;
  private long since;
  private boolean waiting;
  private Waiting.For what = Waiting.For.RateLimit;
  private String why = "";

  WaitNews(BiConsumer<Waiting.For, String> owner, LongSupplier nanos) {
    this.owner = owner;
    this.nanos = nanos;
    began = nanos.getAsLong();
  }

  /** A wait begins. */
  void begins(Waiting.For forWhat, String because) {
    what = forWhat;
    why = because;
    since = nanos.getAsLong();
    waiting = true;
    look(since);
  }

  /** It goes on; to be called now and then. */
  void goesOn() {
    look(nanos.getAsLong());
  }

  /** It is over. */
  void ends() {
    var now = nanos.getAsLong();
    take(now);
    waiting = false;
    look(now);
  }

  private void take(long now) {
    if (waiting) {
      waited += now - since;
      since = now;
    }
  }

  private void look(long now) {
    if (now - began < WINDOW.toNanos()) {
      return;
    }
    take(now);
    if (2 * waited > now - began) {
      owner.accept(what, why);
    }
    began = now;
    waited = 0;
  }
}
