package dev.batchapi.metrics.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;

/**
 * What arrives of a burst and a close, and what both cost. The clients take turns, so that a busy
 * machine is busy for all of them.
 */
public final class Delivery {
  private static final int COUNTS = 1_000_000;
  private static final int HISTOGRAMS = 100_000;
  private static final int SHORT_JOB = 100;
  private static final int ROUNDS = 6;

  private Delivery() {}

  private enum Work {
    SHORT_JOB,
    COUNTS,
    HISTOGRAMS
  }

  /** What one run cost and brought; times in nanoseconds. */
  private record Result(
      double perCall, double cpuPerCall, double delivered, double datagrams, double close) {}

  public static void main(String[] args) throws IOException {
    Map<Work, Map<String, List<Result>>> results = new EnumMap<>(Work.class);
    for (int round = 0; round < ROUNDS; round++) {
      for (Work work : Work.values()) {
        for (String client : Peers.ALL) {
          Result result = run(work, client);
          if (round > 0) { // The first one warms up.
            results
                .computeIfAbsent(work, key -> new LinkedHashMap<>())
                .computeIfAbsent(client, key -> new ArrayList<>())
                .add(result);
          }
        }
      }
    }
    System.out.println("Medians of " + (ROUNDS - 1) + " rounds; delivered: the worst round.");
    System.out.printf(
        "%-11s %-20s %8s %12s %10s %9s %9s%n",
        "work", "client", "ns/call", "CPU ns/call", "delivered", "datagrams", "close ms");
    results.forEach((work, clients) -> clients.forEach((client, all) -> print(work, client, all)));
  }

  private static void print(Work work, String client, List<Result> all) {
    System.out.printf(
        "%-11s %-20s %8.0f %12s %10.5f %9.0f %9.1f%n",
        work,
        client,
        median(all, Result::perCall),
        // The clock of the process ticks too slowly for a hundred calls.
        work == Work.SHORT_JOB ? "-" : Math.round(median(all, Result::cpuPerCall)),
        all.stream().mapToDouble(Result::delivered).min().orElse(0),
        median(all, Result::datagrams),
        median(all, Result::close) / 1e6);
  }

  private static double median(List<Result> all, ToDoubleFunction<Result> field) {
    double[] sorted = all.stream().mapToDouble(field).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private static Result run(Work work, String client) throws IOException {
    int calls =
        switch (work) {
          case SHORT_JOB -> SHORT_JOB;
          case COUNTS -> client.equals("timgroup") ? COUNTS / 10 : COUNTS;
          case HISTOGRAMS -> HISTOGRAMS;
        };
    try (Sink sink = new Sink()) {
      long cpu = cpu(sink);
      long start = System.nanoTime();
      Peer peer = Peers.open(client, sink.port());
      for (int i = 0; i < calls; i++) {
        if (work == Work.HISTOGRAMS) {
          peer.histogram(i * 0.001);
        } else {
          peer.count();
        }
      }
      long pushed = System.nanoTime();
      peer.close();
      long closed = System.nanoTime();
      long cost = cpu(sink) - cpu;
      awaitQuiet(sink);
      long arrived = work == Work.HISTOGRAMS ? sink.histograms() : sink.counted();
      return new Result(
          (double) (pushed - start) / calls,
          (double) cost / calls,
          (double) arrived / calls,
          sink.datagrams(),
          closed - pushed);
    }
  }

  /** Of the process, without the thread of the server. */
  private static long cpu(Sink sink) {
    long process =
        ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime();
    return process - ManagementFactory.getThreadMXBean().getThreadCpuTime(sink.threadId());
  }

  private static void awaitQuiet(Sink sink) {
    long seen = -1;
    while (seen != sink.datagrams()) {
      seen = sink.datagrams();
      LockSupport.parkNanos(200_000_000);
    }
  }
}
