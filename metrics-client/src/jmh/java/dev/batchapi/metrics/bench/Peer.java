package dev.batchapi.metrics.bench;

/** A client under test: one counter and one histogram, each with the tag {@code model:v1}. */
interface Peer extends AutoCloseable {
  String COUNTER = "images_tagged";
  String HISTOGRAM = "decode_seconds";

  void count();

  void histogram(double value);

  /** Ends it the way its documentation says. */
  @Override
  void close();
}
