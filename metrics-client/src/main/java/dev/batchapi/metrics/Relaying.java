package dev.batchapi.metrics;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Hands lines to another process, whose client sends them on. */
final class Relaying implements Carrier {
  private final MetricsRelay relay;
  private final Underway underway;

  Relaying(MetricsRelay relay, Underway underway) {
    this.relay = relay;
    this.underway = underway;
  }

  @Override
  public int overhead() {
    return 0;
  }

  @Override
  public void open() {
    // Whoever made the relay has.
  }

  @Override
  public void carry(Series series, double value) throws IOException {
    // Losses are told in another way, and the other process makes metrics of them.
    if (!LossReport.isOne(series)) {
      relay.push(series.kind(), series.name(), value, tags(series));
    }
    underway.written(1);
  }

  private static Map<String, String> tags(Series series) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (String tag : series.tags()) {
      int colon = tag.indexOf(':');
      tags.put(tag.substring(0, colon), tag.substring(colon + 1));
    }
    return tags;
  }

  @Override
  public void probe() throws IOException {
    throw new IOException("the other process is gone");
  }

  @Override
  public boolean old() {
    return false;
  }

  @Override
  public void close() {
    // So does whoever made the relay.
  }
}
