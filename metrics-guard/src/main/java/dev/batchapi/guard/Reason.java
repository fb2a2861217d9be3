package dev.batchapi.guard;

import java.util.Locale;

/** Why a line did not reach the exporter. */
enum Reason {
  /** No line of StatsD or DogStatsD. */
  FORMAT("no StatsD line"),
  /** Longer than a line may be. */
  LENGTH("longer than 1,400 bytes"),
  /** A set, an event or a service check, which the exporter has no use for. */
  UNSUPPORTED("a set, an event or a service check"),
  /** Too long, of other signs, or a name of the exporter, of Prometheus or of the platform. */
  NAME("its name is reserved, too long, or has other signs than A-Z a-z 0-9 _ . -"),
  /** Not a number between ±1e300, or a counter that would fall. */
  VALUE("its value is not a number between -1e300 and 1e300, or a negative count"),
  /** A sample rate that is no decimal up to 1, or stands for more than 1,000 observations. */
  SAMPLE_RATE("its sample rate is not above 0 and up to 1, or stands for over 1,000 observations"),
  /** Too many, too long, doubled, without a value, or with a key that is Prometheus' own. */
  TAG("a tag is malformed, doubled, too long, one too many, or has a key of Prometheus' own"),
  /** The name, or one that a histogram needs, is in use for another kind of metric. */
  TYPE("its name, or one that it needs, is in use for another kind of metric"),
  /** A new series, and its sender has its share already. */
  SENDER_SERIES("a new series, and this sender has its share of them"),
  /** A new series, and its name has its share already. */
  NAME_SERIES("a new series, and its name has its share of them"),
  /** A new name or set of tag keys, and its sender has its share already, or there are too many. */
  NAMES("a new name or set of tag keys, of which there are too many"),
  /** More than the sender's share of what the guard can read. */
  OVERLOAD("the guard is at its limit, and this sender sends more than its share"),
  /** The exporter is away or slow, and the sender's share of the queue to it is full. */
  EXPORTER("the exporter is away or slow, and this sender's share of the queue is full"),
  /** A fault of the guard itself, so that one such line is not the end of all. */
  INTERNAL("the guard could not judge it; this is its fault");

  private final String sentence;

  Reason(String sentence) {
    this.sentence = sentence;
  }

  /** As the label of the metric has it. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What was wrong with the line, for people. */
  String sentence() {
    return sentence;
  }
}
