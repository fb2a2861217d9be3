package dev.batchapi.guard;

import java.io.IOException;

/** The guard's own metrics, in Prometheus' text format. */
final class Exposition {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
  private static final String PREFIX = "batchapi_guard_";

  private final StringBuilder text = new StringBuilder(4_096);

  private Exposition() {}

  static String of(Guard guard) throws IOException {
    Exposition page = new Exposition();
    Counters counters = guard.counters();
    page.counter("datagrams_total", "Datagrams that were read.", counters.datagrams());
    page.counter("lines_passed_total", "Lines that were handed on.", counters.passed());
    page.head("lines_dropped_total", "counter", "Lines that were not handed on, by reason.");
    for (Reason reason : Reason.values()) {
      page.sample(
          "lines_dropped_total{reason=\"" + reason.text() + "\"}", counters.dropped(reason));
    }
    KernelDrops.of(guard.port())
        .ifPresent(
            drops ->
                page.counter(
                    "kernel_dropped_datagrams_total",
                    "Datagrams that the kernel threw away since they came faster than they were"
                        + " read.",
                    drops));
    page.counter(
        "exporter_connections_total",
        "Connections to the exporter; the second and later ones are its restarts.",
        counters.connections());
    page.gauge(
        "exporter_connected", "Whether the exporter is connected.", guard.connected() ? 1 : 0);
    page.gauge("waiting_bytes", "Bytes of lines that wait for the exporter.", guard.waiting());
    page.gauge("senders", "Addresses that sent something lately.", guard.senders());
    page.gauge("series", "Series that the exporter has.", guard.series());
    page.gauge(
        "names",
        "Names, each with its sets of tag keys, since the exporter's start.",
        guard.names());
    page.gauge("series_limit", "The most series, and the most names.", guard.maxSeries());
    return page.text.toString();
  }

  private void counter(String name, String help, long value) {
    head(name, "counter", help);
    sample(name, value);
  }

  private void gauge(String name, String help, long value) {
    head(name, "gauge", help);
    sample(name, value);
  }

  private void head(String name, String type, String help) {
    text.append("# HELP ").append(PREFIX).append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(PREFIX).append(name).append(' ').append(type).append('\n');
  }

  private void sample(String name, long value) {
    text.append(PREFIX).append(name).append(' ').append(value).append('\n');
  }
}
