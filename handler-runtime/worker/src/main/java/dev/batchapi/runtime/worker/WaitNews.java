package dev.batchapi.runtime.worker;

import dev.batchapi.queue.Waiting;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells a job's owner that this worker waits, as long as it does so for more than half of the time,
 * and for what it waits longest. Used by the worker's own thread.
 */
final class WaitNews {
  /** Over which time it is looked at, and how often it is told at most. */
  static final Duration WINDOW = Duration.ofSeconds(10);

  private final BiConsumer<Waiting.For, String> owner;
  private final LongSupplier nanos;
  private final Map<Waiting.For, Long> waited = new EnumMap<>(Waiting.For.class);
  private final Map<Waiting.For, String> words = new EnumMap<>(Waiting.For.class);
  private long began;
  private long since;
  private Waiting.@Nullable For waiting;

  WaitNews(BiConsumer<Waiting.For, String> owner, LongSupplier nanos) {
    this.owner = owner;
    this.nanos = nanos;
    began = nanos.getAsLong();
  }

  /** A wait begins. */
  void begins(Waiting.For what, String why) {
    words.put(what, why);
    since = nanos.getAsLong();
    waiting = what;
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
    waiting = null;
    look(now);
  }

  private void take(long now) {
    if (waiting != null) {
      waited.merge(waiting, now - since, Long::sum);
      since = now;
    }
  }

  private void look(long now) {
    if (now - began < WINDOW.toNanos()) {
      return;
    }
    take(now);
    if (2 * waited.values().stream().mapToLong(Long::longValue).sum() > now - began) {
      var longest = Collections.max(waited.entrySet(), Map.Entry.comparingByValue()).getKey();
      owner.accept(longest, words.getOrDefault(longest, ""));
    }
    began = now;
    waited.clear();
  }
}
