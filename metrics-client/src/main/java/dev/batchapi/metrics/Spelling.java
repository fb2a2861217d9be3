package dev.batchapi.metrics;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A name and tags exactly as a handler passed them, and the series that they are. */
final class Spelling {
  private final int hash;
  private final Kind kind;
  private final String name;
  private final @Nullable Object[] keys;
  private final @Nullable Object[] values;
  private final Series series;
  private final boolean nameChanged;
  private final boolean tagChanged;
  private final boolean tagDropped;

  Spelling(
      int hash,
      Kind kind,
      String name,
      @Nullable Object[] keys,
      @Nullable Object[] values,
      Series series,
      boolean nameChanged,
      boolean tagChanged,
      boolean tagDropped) {
    this.hash = hash;
    this.kind = kind;
    this.name = name;
    this.keys = keys;
    this.values = values;
    this.series = series;
    this.nameChanged = nameChanged;
    this.tagChanged = tagChanged;
    this.tagDropped = tagDropped;
  }

  int hash() {
    return hash;
  }

  String name() {
    return name;
  }

  Series series() {
    return series;
  }

  boolean altered() {
    return nameChanged || tagChanged || tagDropped;
  }

  boolean nameChanged() {
    return nameChanged;
  }

  boolean tagChanged() {
    return tagChanged;
  }

  boolean tagDropped() {
    return tagDropped;
  }

  /** Compares with what is in the map now: the handler may have changed it since. */
  boolean matches(int otherHash, Kind otherKind, String otherName, Map<?, ?> tags) {
    if (hash != otherHash
        || kind != otherKind
        || keys.length != tags.size()
        || !name.equals(otherName)) {
      return false;
    }
    for (int i = 0; i < keys.length; i++) {
      Object value = values[i];
      if (value == null || !value.equals(tags.get(keys[i]))) {
        return false;
      }
    }
    return true;
  }

  /** Whether it is small and plain enough to be kept: anything else is looked at each time. */
  boolean cacheable() {
    if (name.length() > WireRules.MAX_NAME || keys.length > WireRules.MAX_TAGS) {
      return false;
    }
    for (int i = 0; i < keys.length; i++) {
      if (!(keys[i] instanceof String key && key.length() <= WireRules.MAX_TAG_KEY)
          || !(values[i] instanceof String value && value.length() <= WireRules.MAX_TAG_VALUE)) {
        return false;
      }
    }
    return true;
  }
}
