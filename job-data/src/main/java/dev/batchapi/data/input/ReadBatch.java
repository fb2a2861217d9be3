package dev.batchapi.data.input;

import java.util.Collections;
import java.util.SortedMap;

/**
 * A batch's items, as they were read.
 *
 * @param json an array of them; {@code null} in JSON at those that can't be read
 * @param count how many, the unreadable ones included; at least 1
 * @param unreadable what is wrong with those that can't be read, with its place; by their position
 *     in the batch
 */
public record ReadBatch(byte[] json, int count, SortedMap<Integer, String> unreadable) {

  /** All of which can be read. */
  public ReadBatch(byte[] json, int count) {
    this(json, count, Collections.emptySortedMap());
  }

  /** Whether there is nothing for a handler in it. */
  public boolean isUnreadable() {
    return unreadable.size() == count;
  }

  /** What is wrong with the whole of it, for people; to be asked if something is. */
  public String problem() {
    var first = unreadable.firstEntry().getValue();
    return unreadable.size() == 1
        ? first
        : "%,d of its items can't be read; the first: %s".formatted(unreadable.size(), first);
  }
}
