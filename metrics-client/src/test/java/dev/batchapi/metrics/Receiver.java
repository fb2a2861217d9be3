package dev.batchapi.metrics;

import java.util.List;

/** A real socket that keeps what it gets. */
public interface Receiver extends AutoCloseable {

  /** Of a client that sends to it. */
  MetricsSettings settings();

  List<String> datagrams();

  /** Every line so far, in order. */
  List<String> lines();

  /** Waits until the values of this metric, all tags together, make this sum. */
  void awaitSum(String metric, double expected);

  @Override
  void close();
}
