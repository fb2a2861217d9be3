package dev.batchapi.metrics;

/** The kinds of metric, with their letter on the wire. */
enum Kind {
  COUNTER('c'),
  GAUGE('g'),
  HISTOGRAM('h');

  private final char letter;

  Kind(char letter) {
    this.letter = letter;
  }

  char letter() {
    return letter;
  }
}
