package dev.batchapi.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes a handler's tags safe: sorted by key, so that the order of a map makes no second series, at
 * most {@link WireRules#MAX_TAGS}, the client's default tags over the handler's.
 */
final class TagRules {
  /** More than anyone means to pass; bounds the work of one push. */
  private static final int MAX_READ = 100;

  private final SortedMap<String, String> defaults = new TreeMap<>();

  TagRules(Map<String, String> defaultTags) {
    Outcome outcome = new Outcome();
    defaultTags.forEach((key, value) -> put(key, value, defaults, outcome));
    while (defaults.size() > WireRules.MAX_TAGS) {
      defaults.remove(defaults.lastKey());
    }
  }

  /** The tags as they are sent, {@code key:value}, and what had to be done to them. */
  record Tags(List<String> pairs, boolean changed, boolean dropped) {}

  /**
   * @param keys as the handler passed them, any object or null
   * @param values beside the keys
   */
  Tags clean(@Nullable Object[] keys, @Nullable Object[] values) {
    Outcome outcome = new Outcome();
    SortedMap<String, String> tags = new TreeMap<>();
    for (int i = 0; i < keys.length; i++) {
      put(keys[i], values[i], tags, outcome);
    }
    defaults.forEach(
        (key, value) -> {
          String users = tags.remove(key);
          outcome.changed |= users != null && !users.equals(value);
        });
    while (tags.size() + defaults.size() > WireRules.MAX_TAGS) {
      tags.remove(tags.lastKey());
      outcome.dropped = true;
    }
    tags.putAll(defaults);
    List<String> pairs = new ArrayList<>(tags.size());
    tags.forEach((key, value) -> pairs.add(key + ":" + value));
    return new Tags(List.copyOf(pairs), outcome.changed, outcome.dropped);
  }

  /** How many entries of a map are looked at. */
  static int readable(Map<?, ?> tags) {
    return Math.clamp(tags.size(), 0, MAX_READ);
  }

  private static void put(
      @Nullable Object key,
      @Nullable Object value,
      SortedMap<String, String> into,
      Outcome outcome) {
    String rawKey = text(key);
    String rawValue = text(value);
    if (rawKey.isEmpty() || rawValue.isEmpty()) {
      outcome.dropped = true;
      return;
    }
    String cleanKey = cleanKey(rawKey);
    String cleanValue = cleanValue(rawValue);
    outcome.changed |= !cleanKey.equals(rawKey) || !cleanValue.equals(rawValue);
    String before = into.putIfAbsent(cleanKey, cleanValue);
    if (before != null) {
      // Two keys that became the same: which one stays must not depend on the map's order.
      outcome.dropped = true;
      if (cleanValue.compareTo(before) < 0) {
        into.put(cleanKey, cleanValue);
      }
    }
  }

  /** What a tag says of itself; empty when it is null or can't say. */
  private static String text(@Nullable Object tag) {
    if (tag instanceof String string) {
      return string;
    }
    try {
      String string = tag == null ? null : tag.toString();
      return string == null ? "" : string;
    } catch (RuntimeException e) {
      return "";
    }
  }

  private static String cleanKey(String raw) {
    int length = Math.min(raw.length(), WireRules.MAX_TAG_KEY);
    StringBuilder result = new StringBuilder(length);
    if (raw.charAt(0) >= '0' && raw.charAt(0) <= '9') {
      result.append('_');
    }
    for (int i = 0; i < length; i++) {
      char c = raw.charAt(i);
      result.append(WireRules.isInTagKeys(c) ? c : '_');
    }
    if (WireRules.isTakenTagKey(result.toString())) {
      result.insert(0, "tag_");
    }
    return result.substring(0, Math.min(result.length(), WireRules.MAX_TAG_KEY));
  }

  /** Keeps what Cortex's Python client kept: letters and digits of any script, {@code _ - : / .} */
  private static String cleanValue(String raw) {
    StringBuilder result = new StringBuilder(Math.min(raw.length(), WireRules.MAX_TAG_VALUE));
    int i = 0;
    while (i < raw.length()) {
      int c = raw.codePointAt(i);
      int width = Character.charCount(c);
      if (i + width > WireRules.MAX_TAG_VALUE) {
        break;
      }
      boolean keep =
          Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == ':' || c == '/' || c == '.';
      result.appendCodePoint(keep ? c : '_');
      i += width;
    }
    return result.toString();
  }

  private static final class Outcome {
    boolean changed;
    boolean dropped;
  }
}
