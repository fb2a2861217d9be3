package dev.batchapi.metrics;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * An open-addressed hash table that is only added to, so that a lookup needs neither a lock nor a
 * key object. Bounded: when it is full, spellings are cleaned anew each time.
 */
final class SpellingCache {
  /** Spellings of one series that a handler may use and still be fast. */
  private static final int SPELLINGS_PER_SERIES = 2;

  private final AtomicReferenceArray<@Nullable Spelling> slots;
  private final int mask;
  private final int limit;
  private int size;

  SpellingCache(int maxSeries) {
    int capacity = Integer.highestOneBit(maxSeries * SPELLINGS_PER_SERIES * 2 - 1) * 2;
    slots = new AtomicReferenceArray<>(capacity);
    mask = capacity - 1;
    limit = capacity / 2;
  }

  static int hash(Kind kind, String name, Map<?, ?> tags) {
    int h = (name.hashCode() * 31 + tags.hashCode()) * 31 + kind.letter();
    return h ^ (h >>> 16);
  }

  @Nullable Spelling find(int hash, Kind kind, String name, Map<?, ?> tags) {
    for (int i = hash & mask; ; i = (i + 1) & mask) {
      Spelling spelling = slots.getAcquire(i);
      if (spelling == null) {
        return null;
      }
      if (spelling.matches(hash, kind, name, tags)) {
        return spelling;
      }
    }
  }

  synchronized void add(Spelling spelling) {
    if (size >= limit || !spelling.cacheable()) {
      return;
    }
    int i = spelling.hash() & mask;
    while (slots.get(i) != null) {
      i = (i + 1) & mask;
    }
    slots.setRelease(i, spelling);
    size++;
  }
}
