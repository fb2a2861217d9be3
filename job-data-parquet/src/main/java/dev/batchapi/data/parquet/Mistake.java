package dev.batchapi.data.parquet;

import org.jspecify.annotations.Nullable;

/** What is wrong with a row; the reader goes on, for it can't stop within one. */
final class Mistake {
  private @Nullable String text;

  /** Keeps the first. */
  void note(String what) {
    if (text == null) {
      text = what;
    }
  }

  void clear() {
    text = null;
  }

  @Nullable String text() {
    return text;
  }
}
