package dev.batchapi.metrics;

import java.util.Locale;

/** Why a push was dropped, or sent differently from how it was passed. */
public enum Loss {
  /** Dropped: no name, or a name that belongs to the server or to Prometheus itself. */
  NAME(true),
  /** Dropped: NaN, infinite, beyond ±1e300, or a negative count that the server would refuse. */
  VALUE(true),
  /** Dropped: the name is already in use for another kind of metric. */
  TYPE(true),
  /** Dropped: one series more than the limit of this client. */
  CARDINALITY(true),
  /** Dropped: the line would be longer than a datagram may be. */
  LENGTH(true),
  /** Dropped: the server was not reachable, or the network did not take it in time. */
  NETWORK(true),
  /** Dropped: pushed from another process, faster than this one took it. */
  OVERLOAD(true),
  /** Dropped: pushed after close. */
  CLOSED(true),
  /** Dropped: no server is configured. */
  UNCONFIGURED(true),
  /** Dropped: the tags could not be read, or a fault of this client. */
  INTERNAL(true),
  /** Sent under another name: characters were replaced, or it was cut. */
  NAME_CHANGED(false),
  /** Sent with a tag changed: renamed, characters replaced, cut, or overridden by a default tag. */
  TAG_CHANGED(false),
  /** Sent without a tag: it was empty or null, or there were too many. */
  TAG_DROPPED(false);

  private final boolean dropsMetric;

  Loss(boolean dropsMetric) {
    this.dropsMetric = dropsMetric;
  }

  /** The reason of this {@link #text}; {@link #INTERNAL} for one that there is not. */
  public static Loss of(String text) {
    for (Loss reason : values()) {
      if (reason.text().equals(text)) {
        return reason;
      }
    }
    return INTERNAL;
  }

  /** Whether the push was lost; otherwise it was sent, but not as it was passed. */
  public boolean dropsMetric() {
    return dropsMetric;
  }

  /** The name of this reason in logs and as a tag value, such as {@code name_changed}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
