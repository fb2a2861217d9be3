package dev.batchapi.metrics;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.DoubleAdder;

/** One metric with one set of tags, and for a counter what it gathered since it was last sent. */
final class Series {
  private final Kind kind;
  private final String name;
  private final List<String> tags;
  private final byte[] prefix;
  private final byte[] suffix;
  private final DoubleAdder sum = new DoubleAdder();
  private volatile boolean pending;

  // Only read and written by the thread that sends.
  private boolean sentBefore;
  private long firstSent;

  Series(Kind kind, String name, List<String> tags) {
    this.kind = kind;
    this.name = name;
    this.tags = tags;
    String labels = tags.isEmpty() ? "" : "|#" + String.join(",", tags);
    this.prefix = (name + ':').getBytes(StandardCharsets.UTF_8);
    this.suffix = ("|" + kind.letter() + labels).getBytes(StandardCharsets.UTF_8);
  }

  Kind kind() {
    return kind;
  }

  String name() {
    return name;
  }

  /** Sorted, each {@code key:value}. */
  List<String> tags() {
    return tags;
  }

  /** Its line up to the value. */
  byte[] prefix() {
    return prefix;
  }

  /** Its line behind the value. */
  byte[] suffix() {
    return suffix;
  }

  /** Bytes of its line with a value of this length. */
  int lineLength(int valueLength) {
    return prefix.length + valueLength + suffix.length;
  }

  /** What makes it another series than others. */
  String identity() {
    return name + '|' + kind.letter() + '|' + String.join(",", tags);
  }

  /**
   * Adds to what will be sent; for counters.
   *
   * @return whether nothing was pending before
   */
  boolean add(double value) {
    sum.add(value);
    // Only after the sum: whoever clears the mark afterwards finds the value. Looked at first,
    // since
    // a volatile write for each call would be the most expensive part of it.
    if (pending) {
      return false;
    }
    pending = true;
    return true;
  }

  /** Whether something was added since the last {@link #take}; adding 0 is something too. */
  boolean pending() {
    return pending;
  }

  /** What was added since it was last taken; nothing that is added meanwhile gets lost. */
  double take() {
    pending = false;
    return sum.sumThenReset();
  }

  /** Whether it is being sent for the first time; true once. */
  boolean firstTime(long now) {
    if (sentBefore) {
      return false;
    }
    sentBefore = true;
    firstSent = now;
    return true;
  }

  /** Whether it was sent for the first time at least so long ago. */
  boolean isKnownFor(long nanos, long now) {
    return sentBefore && now - firstSent >= nanos;
  }
}
