package dev.batchapi.guard;

import dev.batchapi.metrics.WireRules;
import org.jspecify.annotations.Nullable;

/** What stands behind value and kind of a line: sample rate, tags, container, time. */
final class Sections {
  /** Most observations that a line may stand for: the exporter makes each of them singly. */
  static final int MAX_WEIGHT = 1_000;

  private static final int MAX_CONTAINER = 128;

  private final int[] from = new int[WireRules.MAX_TAGS];
  private final int[] colon = new int[WireRules.MAX_TAGS];
  private final int[] to = new int[WireRules.MAX_TAGS];
  private int tags;
  private int weight;
  private int containerFrom;
  private int containerTo;
  private int seen;

  int tags() {
    return tags;
  }

  /** Where the key of this tag begins. */
  int from(int tag) {
    return from[tag];
  }

  /** Where the key of this tag ends. */
  int colon(int tag) {
    return colon[tag];
  }

  /** Where the value of this tag ends. */
  int to(int tag) {
    return to[tag];
  }

  /** How many samples each value stands for. */
  int weight() {
    return weight;
  }

  boolean hasContainer() {
    return containerTo > 0;
  }

  int containerFrom() {
    return containerFrom;
  }

  int containerTo() {
    return containerTo;
  }

  /** Reads from the bar behind the kind, or from the line's end if there is none. */
  @Nullable Reason read(byte[] data, int start, int end) {
    tags = 0;
    weight = 1;
    containerTo = 0;
    seen = 0;
    int bar = start;
    while (bar < end) {
      int next = bar + 1;
      while (next < end && data[next] != '|') {
        next++;
      }
      Reason reason = section(data, bar + 1, next);
      if (reason != null) {
        return reason;
      }
      bar = next;
    }
    // Without tags the exporter takes the container's colon for the beginning of another metric.
    if (hasContainer() && tags == 0) {
      return Reason.FORMAT;
    }
    return hasContainer() && tags == WireRules.MAX_TAGS ? Reason.TAG : null;
  }

  private @Nullable Reason section(byte[] data, int first, int end) {
    if (first == end) {
      return Reason.FORMAT;
    }
    int letter = data[first];
    int bit = letter == '@' ? 1 : letter == '#' ? 2 : letter == 'c' ? 4 : letter == 'T' ? 8 : 0;
    if (bit == 0 || (seen & bit) != 0) {
      return Reason.FORMAT;
    }
    seen |= bit;
    return switch (letter) {
      case '@' -> rate(data, first + 1, end);
      case '#' -> tags(data, first + 1, end);
      case 'c' -> container(data, first + 1, end);
      default -> time(data, first + 1, end);
    };
  }

  private @Nullable Reason rate(byte[] data, int first, int end) {
    weight = Numbers.weight(data, first, end);
    return weight == 0 || weight > MAX_WEIGHT ? Reason.SAMPLE_RATE : null;
  }

  private @Nullable Reason container(byte[] data, int first, int end) {
    if (end - first < 2 || end - first > MAX_CONTAINER || data[first] != ':') {
      return Reason.FORMAT;
    }
    for (int i = first + 1; i < end; i++) {
      if (!WireRules.isInNames(data[i])) {
        return Reason.FORMAT;
      }
    }
    containerFrom = first + 1;
    containerTo = end;
    return null;
  }

  private static @Nullable Reason time(byte[] data, int first, int end) {
    for (int i = first; i < end; i++) {
      if (data[i] < '0' || data[i] > '9') {
        return Reason.FORMAT;
      }
    }
    return first == end ? Reason.FORMAT : null;
  }

  private @Nullable Reason tags(byte[] data, int first, int end) {
    int tag = first;
    while (tag <= end) {
      int separator = -1;
      int next = tag;
      for (; next < end && data[next] != ','; next++) {
        if (data[next] == ':' && separator < 0) {
          separator = next;
        }
      }
      if (tags == WireRules.MAX_TAGS || separator < 0 || !isTag(data, tag, separator, next)) {
        return Reason.TAG;
      }
      from[tags] = tag;
      colon[tags] = separator;
      to[tags++] = next;
      tag = next + 1;
    }
    return null;
  }

  private static boolean isTag(byte[] data, int key, int separator, int end) {
    if (separator == key || separator - key > WireRules.MAX_TAG_KEY || separator + 1 == end) {
      return false;
    }
    for (int i = key; i < separator; i++) {
      // As in names: the exporter makes one sign of them all.
      if (!WireRules.isInNames(data[i])) {
        return false;
      }
    }
    return Utf8.isHarmless(data, separator + 1, end, WireRules.MAX_TAG_VALUE);
  }
}
