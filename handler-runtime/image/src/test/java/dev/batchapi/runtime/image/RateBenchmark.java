package dev.batchapi.runtime.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.batchapi.queue.Batches;
import dev.batchapi.queue.jetstream.JetStreamLedger;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.NatsServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How exactly a job's rate limit is kept by workers that are processes of their own, with hosts and
 * a server: the calls that handlers got in each ten seconds, of those that the limit allows. {@code
 * make bench-rate}.
 */
final class RateBenchmark {
  private static final int PER_SECOND = Integer.getInteger("rate", 200);
  private static final int BURST = 20;
  private static final int WINDOW_SECONDS = 10;
  private static final int WINDOWS = Integer.getInteger("windows", 4);
  private static final int BATCH = 50;

  /** Such as {@code 4die,8leave}; all if it is empty. */
  private static final List<String> ROWS =
      Stream.of(System.getProperty("rows", "").split(",")).filter(row -> !row.isEmpty()).toList();

  /** Of workers that come and go each one leaves after so long, or when another one is there. */
  private static final int STAYS_SECONDS = 5;

  /**
   * Notes when each item is called, by a clock that all processes of the machine have in common,
   * and in which process; of its constructor the time is negative.
   */
  private static final String HANDLER =
      """
      import os, struct, time
      CALLS = os.open("CALLS_FILE", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
      class Handler:
          def __init__(self):
              os.write(CALLS, struct.pack("<dq", -time.monotonic(), os.getpid()))
          async def handle_item(self, item):
              os.write(CALLS, struct.pack("<dq", time.monotonic(), os.getpid()))
      """;

  private final NatsServer nats;
  private final JetStreamLedger owner;
  private final Path folder;

  /** What becomes of the workers of a row. */
  private enum Fate {
    STAY,
    /** In order, as when a job is scaled down. */
    LEAVE,
    /** As with a node. */
    DIE
  }

  private record Entry(double at, long process) {}

  /**
   * What a row has.
   *
   * @param shares of the calls that the limit allows, in each window
   * @param gone how many workers have left
   * @param starts seconds from the constructor of each handler to its first call
   */
  private record Row(List<Double> shares, int gone, List<Double> starts) {}

  private RateBenchmark(NatsServer nats, JetStreamLedger owner, Path folder) {
    this.nats = nats;
    this.owner = owner;
    this.folder = folder;
  }

  public static void main(String[] arguments) throws Exception {
    var folder = Files.createTempDirectory("rate-benchmark");
    try (var nats = NatsServer.start();
        var owner = JetStreamLedger.connect(nats.owner(), JetStreamSettings.DEFAULT)) {
      var benchmark = new RateBenchmark(nats, owner, folder);
      System.out.printf(
          "| %d a second, burst %d | calls in each %d s, of %d | workers gone | constructor to first call, at most | load |%n",
          PER_SECOND, BURST, WINDOW_SECONDS, PER_SECOND * WINDOW_SECONDS);
      System.out.println("|---|---|---|---|---|");
      for (var fate : Fate.values()) {
        for (var workers : List.of(1, 4, 8)) {
          if (ROWS.isEmpty() || ROWS.contains(workers + fate.name().toLowerCase(Locale.ROOT))) {
            benchmark.print(workers, fate);
          }
        }
      }
    } finally {
      WorkerProcess.delete(folder);
    }
  }

  private void print(int workers, Fate fate) throws Exception {
    var row = row(workers, fate);
    System.out.printf(
        Locale.ROOT,
        "| %d workers that %s | %s | %d | %.0f ms | %s |%n",
        workers,
        fate.name().toLowerCase(Locale.ROOT),
        row.shares.stream()
            .map(share -> String.format(Locale.ROOT, "%.3f", share))
            .collect(Collectors.joining(", ")),
        row.gone,
        1000 * row.starts.stream().mapToDouble(seconds -> seconds).max().orElse(0),
        Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]);
  }

  private Row row(int workers, Fate fate) throws Exception {
    var job = UUID.randomUUID().toString();
    var calls = folder.resolve("calls-" + job);
    var code = Files.createDirectories(folder.resolve("code-" + job));
    Files.writeString(code.resolve("handler.py"), HANDLER.replace("CALLS_FILE", calls.toString()));
    var batches = PER_SECOND * WINDOW_SECONDS * (WINDOWS + 12) / BATCH;
    owner.enqueue(job, Batches.of(batches, index -> payload()));
    var running = new ArrayDeque<WorkerProcess>();
    var gone = 0;
    try {
      for (var i = 0; i < workers; i++) {
        running.add(start(job, code, batches));
      }
      while (there(entries(calls)) < workers) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
      TimeUnit.SECONDS.sleep(2); // what a rest had left is used up, and each has found its pace
      var from = seconds();
      var until = from + (double) WINDOWS * WINDOW_SECONDS;
      while (seconds() < until + 0.5) {
        TimeUnit.MILLISECONDS.sleep(100);
        if (fate == Fate.STAY) {
          continue;
        }
        if (running.size() == workers) {
          running.add(start(job, code, batches));
        }
        // Only when the next one works, so that what is missing is not that nobody was there.
        if (there(entries(calls)) == workers + gone + 1
            && seconds() - from > gone * (double) STAYS_SECONDS / workers) {
          gone++;
          var oldest = running.removeFirst();
          oldest.signal(oldest.worker(), fate == Fate.LEAVE ? "TERM" : "KILL");
          var _ = Thread.startVirtualThread(() -> close(oldest));
        }
      }
      var entries = entries(calls);
      return new Row(shares(entries, from), gone, starts(entries));
    } finally {
      running.forEach(RateBenchmark::close);
      owner.retire(job);
      owner.remove(job);
    }
  }

  /** The clock of the handlers: the machine's, since it was started. */
  private static double seconds() {
    return System.nanoTime() / 1e9;
  }

  private static List<Double> shares(List<Entry> entries, double from) {
    var counts = new int[WINDOWS];
    for (var entry : entries) {
      var window = (int) Math.floor((entry.at - from) / WINDOW_SECONDS);
      if (entry.at >= from && window < WINDOWS) {
        counts[window]++;
      }
    }
    return IntStream.of(counts)
        .mapToObj(count -> count / ((double) PER_SECOND * WINDOW_SECONDS))
        .toList();
  }

  /** How many workers have called their handler, or had. */
  private static long there(List<Entry> entries) {
    return entries.stream().filter(entry -> entry.at > 0).map(Entry::process).distinct().count();
  }

  private static List<Double> starts(List<Entry> entries) {
    return entries.stream()
        .filter(entry -> entry.at < 0)
        .flatMap(
            constructed ->
                entries.stream()
                    .filter(entry -> entry.at > 0 && entry.process == constructed.process)
                    .limit(1)
                    .map(first -> first.at + constructed.at))
        .toList();
  }

  private static List<Entry> entries(Path calls) throws IOException {
    if (!Files.exists(calls)) {
      return List.of();
    }
    var bytes = ByteBuffer.wrap(Files.readAllBytes(calls)).order(ByteOrder.LITTLE_ENDIAN);
    var entries = new ArrayList<Entry>();
    while (bytes.remaining() >= Double.BYTES + Long.BYTES) {
      entries.add(new Entry(bytes.getDouble(), bytes.getLong()));
    }
    return entries;
  }

  private static byte[] payload() {
    return IntStream.range(0, BATCH)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(",", "[", "]"))
        .getBytes(UTF_8);
  }

  private WorkerProcess start(String job, Path code, int batches) throws IOException {
    return WorkerProcess.start(nats.worker(job), run(job, batches), code);
  }

  private static void close(WorkerProcess process) {
    try {
      if (process.worker().waitFor(20, TimeUnit.SECONDS)) {
        var _ = process.host().waitFor(5, TimeUnit.SECONDS);
      }
      process.close();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] run(String job, int batches) {
    return """
    {"job":{"uid":"%s","name":"bench","namespace":"default","apiName":"api","workers":1,
      "startTime":"2026-01-01T00:00:00Z"},
     "handler":{"language":"python","file":"handler.py","inCodeFolder":true,
      "className":"Handler","classpath":[],"concurrency":16},
     "config":{},"batchSize":%d,"items":%d,"totalBatches":%d,
     "retry":{"maxAttempts":3,"initialBackoffSeconds":0,"maxBackoffSeconds":0},
     "rateLimit":{"perSecond":%d,"burst":%d},
     "timeouts":{},"metrics":{"tags":{}}}
    """
        .formatted(job, BATCH, batches * BATCH, batches, PER_SECOND, BURST)
        .getBytes(UTF_8);
  }
}
