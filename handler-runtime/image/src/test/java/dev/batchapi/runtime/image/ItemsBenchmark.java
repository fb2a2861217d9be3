package dev.batchapi.runtime.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.batchapi.contract.RunSpec;
import dev.batchapi.metrics.Flavour;
import dev.batchapi.metrics.MetricsSettings;
import dev.batchapi.metrics.StatsdMetrics;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.memory.MemoryQueue;
import dev.batchapi.runtime.worker.Answer;
import dev.batchapi.runtime.worker.Assignment;
import dev.batchapi.runtime.worker.Call;
import dev.batchapi.runtime.worker.ChildHosts;
import dev.batchapi.runtime.worker.Host;
import dev.batchapi.runtime.worker.StartFrames;
import dev.batchapi.runtime.worker.Worker;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * Handlers of single items beside handlers of batches: what an item costs, how many are in flight,
 * and which calls a failed item costs. {@code make bench-items}.
 */
final class ItemsBenchmark {
  private static final int RUNS = Integer.getInteger("runs", 15);
  private static final int ITEMS = 900;
  private static final int AT_ONCE = 64;
  private static final int WAITS = 640;
  private static final int FAILING = 500;
  private static final int FAILING_BATCH = 20;
  private static final int ATTEMPTS = 3;

  private static final String PYTHON =
      """
      class Handler:
          def %s
      """;
  private static final String PYTHON_WAITS =
      """
      import asyncio
      class Handler:
          async def handle_item(self, item): await asyncio.sleep(0.1)
      """;
  private static final String JAVA =
      """
      import dev.batchapi.handler.*;
      import java.util.*;
      public final class Handler implements %s {
        private static final Integer NONE = 1;
        private static Integer words(String item) { return item.split(" ").length; }
        private static Integer none(String item) { return NONE; }
        @Override public %s
      }
      """;
  private static final String JAVA_WAITS =
      JAVA.formatted(
          "ItemHandler<Integer, Integer>",
          "Integer handle(Integer item, ItemContext c) throws Exception { Thread.sleep(100); return null; }");

  private static final String FAILING_ITEMS =
      "    async def handle_item(self, item, batch): return await ask(item, batch.attempt)\n";
  private static final String FAILING_BATCHES =
      """
          async def handle_batch(self, payload, batch):
              return await asyncio.gather(*(ask(item, batch.attempt) for item in payload))
      """;

  private final Path folder;

  private ItemsBenchmark(Path folder) {
    this.folder = folder;
  }

  public static void main(String[] arguments) throws Exception {
    var folder = Files.createTempDirectory("items-benchmark");
    try {
      var benchmark = new ItemsBenchmark(folder);
      benchmark.costs();
      benchmark.flights();
      benchmark.failures();
    } finally {
      WorkerProcess.delete(folder);
    }
  }

  // What an item costs: a batch there and back over the socket, as the worker sends it.

  private void costs() throws Exception {
    System.out.println(
        "| batch of %d items, concurrency 1, median of %d | handle_batch, us/item | handle_item, us/item | ratio | more, us/item |"
            .formatted(ITEMS, RUNS));
    System.out.println("|---|---|---|---|---|");
    var tiny = array(ITEMS, i -> "\"x\"");
    var text = array(ITEMS, i -> "\"" + "some words ".repeat(93) + "\"");
    pair("Python, nothing to do", "python", python("1"), tiny);
    pair("Python, words of 1 KiB", "python", python("len(item.split())"), text);
    var sync = python("1").getFirst();
    var async = PYTHON.replace("def", "async def").formatted("handle_item(self, item): return 1");
    pair("Python, async def, nothing to do", "python", List.of(sync, async), tiny);
    pair("Java, nothing to do", "java", java("none"), tiny);
    pair("Java, words of 1 KiB", "java", java("words"), text);
  }

  private static List<String> python(String work) {
    return List.of(
        PYTHON.formatted("handle_batch(self, payload): return [" + work + " for item in payload]"),
        PYTHON.formatted("handle_item(self, item): return " + work));
  }

  private static List<String> java(String work) {
    return List.of(
        JAVA.formatted(
            "BatchHandler<String, List<Integer>>",
            "List<Integer> handleBatch(List<String> p, BatchContext b) { return p.stream().map(Handler::"
                + work
                + ").toList(); }"),
        JAVA.formatted(
            "ItemHandler<String, Integer>",
            "Integer handle(String item, ItemContext c) { return " + work + "(item); }"));
  }

  private void pair(String name, String language, List<String> sources, byte[] payload)
      throws Exception {
    try (var batches = host(language, sources.getFirst(), 1);
        var items = host(language, sources.getLast(), 1)) {
      for (var i = 0; i < 200; i++) { // until the JIT has seen both
        call(batches.host(), payload);
        call(items.host(), payload);
      }
      var ofBatch = new double[RUNS];
      var ofItem = new double[RUNS];
      for (var run = 0; run < RUNS; run++) {
        ofBatch[run] = micros(batches.host(), payload);
        ofItem[run] = micros(items.host(), payload);
      }
      var batch = median(ofBatch);
      var item = median(ofItem);
      System.out.printf(
          "| %s | %.2f | %.2f | %.2f | %.2f |%n", name, batch, item, item / batch, item - batch);
    }
  }

  /** Of one item, the mean of ten batches. */
  private static double micros(Host host, byte[] payload) {
    var began = System.nanoTime();
    for (var i = 0; i < 10; i++) {
      call(host, payload);
    }
    return (System.nanoTime() - began) / 1e3 / 10 / ITEMS;
  }

  // Items in flight.

  private void flights() throws Exception {
    System.out.println();
    System.out.println(
        "| items of 100 ms, %d at once | items/s | of the ideal |".formatted(AT_ONCE));
    System.out.println("|---|---|---|");
    flight("Python, async def", "python", PYTHON_WAITS);
    flight("Java, virtual threads", "java", JAVA_WAITS);
  }

  private void flight(String name, String language, String source) throws Exception {
    var payload = array(WAITS, Integer::toString);
    try (var open = host(language, source, AT_ONCE)) {
      call(open.host(), payload);
      var rates = new double[5];
      for (var run = 0; run < rates.length; run++) {
        var began = System.nanoTime();
        call(open.host(), payload);
        rates[run] = WAITS / ((System.nanoTime() - began) / 1e9);
      }
      var rate = median(rates);
      System.out.printf("| %s | %.0f | %.3f |%n", name, rate, rate / (AT_ONCE / 0.1));
    }
  }

  // Failing calls: whole jobs, of a worker and its hosts, with the queue of a laptop.

  private void failures() throws Exception {
    System.out.println();
    System.out.println(
        "| %d items of 100 ms in batches of %d, 1 call in 20 fails, %d retries | results | calls | of the necessary ones | those | s |"
            .formatted(FAILING, FAILING_BATCH, ATTEMPTS - 1));
    System.out.println("|---|---|---|---|---|---|");
    failing("failed items alone", FAILING_ITEMS);
    failing("whole batches", FAILING_BATCHES);
  }

  private void failing(String name, String methods) throws Exception {
    var job = UUID.randomUUID().toString();
    var calls = folder.resolve("calls-" + job);
    var code = code("python", failing(calls, methods));
    var batches = FAILING / FAILING_BATCH;
    var queue = new MemoryQueue();
    queue.enqueue(
        job,
        Batches.of(
            batches,
            index -> array(FAILING_BATCH, i -> Integer.toString(index * FAILING_BATCH + i))));
    var run = RunSpec.read(run(job, "python", FAILING_BATCH));
    var began = System.nanoTime();
    try (var hosts = hosts("python", run, code)) {
      var worker = new Worker(Assignment.of(run), queue.worker(job), hosts.source());
      var working = Thread.ofPlatform().start(worker::run);
      while (queue.counts(job).done() < batches) {
        LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
      }
      worker.stop();
      working.join();
    }
    var seconds = (System.nanoTime() - began) / 1e9;
    var necessary = IntStream.range(0, FAILING).map(ItemsBenchmark::necessary).sum();
    var made = Files.size(calls);
    var counts = queue.counts(job);
    System.out.printf(
        "| %s | %d | %d | %.3f | %d | %.1f |%n",
        name,
        counts.succeeded() * FAILING_BATCH - counts.failedItems(),
        made,
        (double) made / necessary,
        necessary,
        seconds);
  }

  /** A call in twenty fails; which ones follows from the item and the attempt. */
  private static String failing(Path calls, String methods) {
    return """
        import asyncio, os, zlib
        CALLS = os.open("%s", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        async def ask(item, attempt):
            os.write(CALLS, b".")
            await asyncio.sleep(0.1)
            if zlib.crc32(f"{item} {attempt}".encode()) %% 20 == 0: raise OSError("503")
            return item
        class Handler:
        %s"""
        .formatted(calls, methods);
  }

  /** Calls until one succeeds, at most as many as there are attempts. */
  private static int necessary(int item) {
    for (var attempt = 1; attempt < ATTEMPTS; attempt++) {
      var crc = new CRC32();
      crc.update((item + " " + attempt).getBytes(UTF_8));
      if (crc.getValue() % 20 != 0) {
        return attempt;
      }
    }
    return ATTEMPTS;
  }

  /** Where hosts of a run come from, and where their metrics go. */
  private record Hosts(ChildHosts source, StatsdMetrics metrics, DatagramSocket listener)
      implements AutoCloseable {
    @Override
    public void close() {
      metrics.close();
      listener.close();
    }
  }

  private static Hosts hosts(String language, RunSpec run, Path code) throws Exception {
    var listener = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    var address = "127.0.0.1:" + listener.getLocalPort();
    var metrics = StatsdMetrics.open(MetricsSettings.of("127.0.0.1", listener.getLocalPort()));
    var start = StartFrames.of(run, address, Flavour.PROMETHEUS);
    var source =
        new ChildHosts(
            socket -> WorkerProcess.host(language, socket, code).start(),
            start,
            metrics,
            Optional.empty());
    return new Hosts(source, metrics, listener);
  }

  /** A host with a handler. */
  private record Open(Host host, Hosts hosts) implements AutoCloseable {
    @Override
    public void close() {
      host.close();
      hosts.close();
    }
  }

  private Open host(String language, String source, int concurrency) throws Exception {
    var run = RunSpec.read(run("bench", language, concurrency));
    var hosts = hosts(language, run, code(language, source));
    return new Open(hosts.source().start(), hosts);
  }

  private Path code(String language, String source) throws Exception {
    var code = Files.createTempDirectory(folder, language);
    Files.writeString(
        code.resolve(language.equals("java") ? "Handler.java" : "handler.py"), source);
    return code;
  }

  private static byte[] run(String job, String language, int concurrency) {
    return """
        {"job":{"uid":"%s","name":"bench","namespace":"default","apiName":"api","workers":1,
          "startTime":"2026-01-01T00:00:00Z"},
         "handler":{"language":"%s","file":"%s","inCodeFolder":true,"className":"Handler",
          "classpath":[],"concurrency":%d},
         "config":{},"batchSize":%d,"items":%d,"totalBatches":%d,
         "retry":{"maxAttempts":%d,"initialBackoffSeconds":0,"maxBackoffSeconds":0},
         "timeouts":{},"metrics":{"tags":{}}}
        """
        .formatted(
            job,
            language,
            language.equals("java") ? "Handler.java" : "handler.py",
            concurrency,
            FAILING_BATCH,
            FAILING,
            FAILING / FAILING_BATCH,
            ATTEMPTS)
        .getBytes(UTF_8);
  }

  private static void call(Host host, byte[] payload) {
    var answer = host.handle(new Call("bench-0", 0, 0, List.of(), 1, Optional.empty(), payload));
    if (!(answer instanceof Answer.Result)) {
      throw new IllegalStateException(answer.toString());
    }
  }

  private static byte[] array(int count, IntFunction<String> item) {
    return IntStream.range(0, count)
        .mapToObj(item)
        .collect(Collectors.joining(",", "[", "]"))
        .getBytes(UTF_8);
  }

  private static double median(double[] values) {
    return Arrays.stream(values).sorted().toArray()[values.length / 2];
  }
}
