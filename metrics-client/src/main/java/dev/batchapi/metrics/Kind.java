package dev.batchapi.metrics;

import java.util.List;

/** The kinds of metric, with their letter on the wire. */
public enum Kind {
  COUNTER('c'),
  GAUGE('g'),
  HISTOGRAM('h'),
  /** A histogram over all hosts; only the Datadog agent tells it from a histogram. */
  DISTRIBUTION('d');

  private static final List<String> COUNTER_SUFFIXES = List.of("");

  private static final List<String> OBSERVER_SUFFIXES = List.of("", "_sum", "_count", "_bucket");

  private final char letter;

  Kind(char letter) {
    this.letter = letter;
  }

  /** On the wire. */
  public char letter() {
    return letter;
  }

  /**
   * What a metric of this kind takes of names behind its own: a histogram needs three more, and the
   * exporter refuses those three beside a gauge too.
   */
  List<String> suffixes() {
    return this == COUNTER ? COUNTER_SUFFIXES : OBSERVER_SUFFIXES;
  }
}
