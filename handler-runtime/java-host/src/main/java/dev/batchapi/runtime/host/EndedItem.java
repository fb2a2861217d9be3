package dev.batchapi.runtime.host;

import java.time.Duration;

/** What one item threw, and how long it ran until then. */
final class EndedItem extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Throwable thrown;
  private final transient Duration ran;

  EndedItem(Throwable thrown, Duration ran) {
    super(null, null, false, false);
    this.thrown = thrown;
    this.ran = ran;
  }

  /** The author's. */
  Throwable thrown() {
    return thrown;
  }

  Duration ran() {
    return ran;
  }
}
