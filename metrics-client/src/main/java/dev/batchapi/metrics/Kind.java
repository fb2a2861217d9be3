package dev.batchapi.metrics;

/** The kinds of metric, with their letter on the wire. */
enum Kind {
  COUNTER('c'),
  GAUGE('g'),
  HISTOGRAM('h'),
  /** A histogram over all hosts; only the Datadog agent tells it from a histogram. */
  DISTRIBUTION('d');

  private final char letter;

  Kind(char letter) {
    this.letter = letter;
  }

  char letter() {
    return letter;
  }
}
