package dev.batchapi.guard;

import dev.batchapi.metrics.Tools;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What the guard costs: the exporter behind it beside the exporter alone, in turn, both on one core
 * of the machine, the sender on the others. {@code make bench-guard}; {@code -Druns=3 -Dseconds=5
 * -Drate=100000}. A rate of 0 is as fast as it goes.
 */
final class GuardBenchmark {
  private static final int RUNS = Integer.getInteger("runs", 3);
  private static final int SECONDS = Integer.getInteger("seconds", 5);
  private static final int RATE = Integer.getInteger("rate", 100_000);
  private static final int SERIES = 200;
  private static final int WARM_UP_LINES = 300_000;
  private static final long MILLI = 1_000_000;

  private GuardBenchmark() {}

  private record Result(long sent, long counted, long exporterNanos, long guardNanos) {
    double lost() {
      return 100.0 * (sent - counted) / sent;
    }

    double micros() {
      return (exporterNanos + guardNanos) / 1_000.0 / Math.max(1, counted);
    }
  }

  public static void main(String[] arguments) throws Exception {
    System.out.printf(
        "%,d lines/s for %d s, %d runs, medians; exporter and guard on one core%n",
        RATE, SECONDS, RUNS);
    System.out.println(
        "| lines in a datagram | | lost | CPU of the exporter | of the guard | together | ratio |");
    System.out.println("|---|---|---|---|---|---|---|");
    for (int packed : new int[] {25, 1}) {
      List<Result> bare = new ArrayList<>();
      List<Result> guarded = new ArrayList<>();
      for (int run = 0; run < RUNS; run++) {
        try (ExporterBehindGuard exporter = ExporterBehindGuard.withoutGuard()) {
          bare.add(measure(exporter, null, exporter.port(), packed));
        }
        try (ExporterBehindGuard exporter = new ExporterBehindGuard();
            GuardProcess guard = new GuardProcess(exporter)) {
          guarded.add(measure(exporter, guard, guard.port, packed));
        }
      }
      double before = median(bare).micros();
      print(packed, "alone", median(bare), before);
      print(packed, "behind the guard", median(guarded), before);
    }
  }

  private static Result median(List<Result> results) {
    return results.stream()
        .sorted((a, b) -> Double.compare(a.micros(), b.micros()))
        .toList()
        .get(results.size() / 2);
  }

  private static void print(int packed, String what, Result result, double before) {
    System.out.printf(
        "| %d | %s | %.2f %% | %.2f us/line | %.2f us/line | %.2f us/line = %,.0f lines/s | %.2f |%n",
        packed,
        what,
        result.lost(),
        result.exporterNanos() / 1_000.0 / Math.max(1, result.counted()),
        result.guardNanos() / 1_000.0 / Math.max(1, result.counted()),
        result.micros(),
        1_000_000 / result.micros(),
        result.micros() / before);
  }

  private static Result measure(
      ExporterBehindGuard exporter, @Nullable GuardProcess guard, int port, int packed)
      throws Exception {
    pin(exporter.pid());
    if (guard != null) {
      pin(guard.process.pid());
    }
    try (Sending sender = new Sending("127.0.0.1", port)) {
      send(sender, "warm_up", packed, WARM_UP_LINES, 50_000);
      settle(exporter, "warm_up");
      long exporterBefore = exporter.cpuNanos();
      long guardBefore = guard == null ? 0 : guard.cpuNanos();
      long sent = send(sender, "hits", packed, (long) RATE * SECONDS, RATE);
      long counted = settle(exporter, "hits");
      return new Result(
          sent,
          counted,
          exporter.cpuNanos() - exporterBefore,
          guard == null ? 0 : guard.cpuNanos() - guardBefore);
    }
  }

  /** All of the process's threads, on the first core: both programs share one. */
  private static void pin(long pid) throws Exception {
    int code =
        new ProcessBuilder("taskset", "-a", "-c", "-p", "0", Long.toString(pid))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    if (code != 0) {
      throw new IOException("taskset failed");
    }
  }

  private static long send(Sending sender, String name, int packed, long lines, int perSecond)
      throws IOException {
    byte[][] datagrams = new byte[SERIES][];
    for (int i = 0; i < SERIES; i++) {
      String line = name + ":1|c|#model:v1,team:vision,worker:" + i;
      datagrams[i] =
          String.join("\n", Collections.nCopies(packed, line)).getBytes(StandardCharsets.UTF_8);
    }
    long started = System.nanoTime();
    long sent = 0;
    for (int i = 0; sent < lines; i++) {
      sender.send(datagrams[i % SERIES]);
      sent += packed;
      long due = started + sent * 1_000_000_000L / perSecond;
      if (due - System.nanoTime() > MILLI) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
    }
    return sent;
  }

  /** What was counted at last, when nothing is added any more. */
  private static long settle(ExporterBehindGuard exporter, String name) throws Exception {
    long last = -1;
    for (int same = 0; same < 3; ) {
      Thread.sleep(400);
      long now = (long) exporter.value(name);
      same = now == last ? same + 1 : 0;
      last = now;
    }
    return last;
  }

  /** The guard as it is shipped, in a JVM of its own. */
  private static final class GuardProcess implements AutoCloseable {
    private final Process process;
    private final int port;

    GuardProcess(ExporterBehindGuard exporter) throws Exception {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      int web;
      try (DatagramSocket udp = new DatagramSocket(new InetSocketAddress(loopback, 0));
          ServerSocket tcp = new ServerSocket(0, 1, loopback)) {
        port = udp.getLocalPort();
        web = tcp.getLocalPort();
      }
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(GuardCommand.JVM_OPTIONS);
      command.addAll(
          List.of("-cp", System.getProperty("java.class.path"), GuardMain.class.getName()));
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD);
      builder.environment().putAll(exporter.guardedBy());
      builder
          .environment()
          .putAll(
              Map.of(
                  "BATCHAPI_GUARD_LISTEN", "127.0.0.1:" + port,
                  "BATCHAPI_GUARD_HTTP", "127.0.0.1:" + web));
      process = builder.start();
      URI page = URI.create("http://127.0.0.1:" + web + "/livez");
      for (int i = 0; ; i++) {
        try (InputStream body = page.toURL().openStream()) {
          var _ = body.readAllBytes();
          return;
        } catch (IOException e) {
          if (i == 300) {
            throw e;
          }
          Thread.sleep(100);
        }
      }
    }

    long cpuNanos() {
      return process.info().totalCpuDuration().orElseThrow().toNanos();
    }

    @Override
    public void close() {
      Tools.stop(process);
    }
  }
}
