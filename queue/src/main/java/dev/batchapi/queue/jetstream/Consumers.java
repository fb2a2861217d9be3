package dev.batchapi.queue.jetstream;

import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs may have a consumer: read once and kept up, so that nothing needs to be asked for each
 * of the many jobs that are over. Thread-safe.
 */
final class Consumers {
  private final Streams streams;
  private final LongSupplier epoch;

  // Guarded by this.
  private @Nullable Set<String> known;
  private long knownIn;

  Consumers(Streams streams, LongSupplier epoch) {
    this.streams = streams;
    this.epoch = epoch;
  }

  /** Whether there may be one. */
  synchronized boolean mayHave(String job) {
    return known().contains(job);
  }

  /** To be called before one is made. */
  synchronized void made(String job) {
    known().add(job);
  }

  synchronized void deleted(String job) {
    known().remove(job);
  }

  /** As the server has them now. */
  synchronized Set<String> names() {
    return Set.copyOf(streams.consumerNames());
  }

  private Set<String> known() {
    var now = epoch.getAsLong();
    if (known == null || knownIn != now) {
      known = new HashSet<>(streams.consumerNames());
      knownIn = now;
    }
    return known;
  }
}
