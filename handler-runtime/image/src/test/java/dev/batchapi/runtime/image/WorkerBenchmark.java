package dev.batchapi.runtime.image;

import dev.batchapi.contract.RunSpec;
import dev.batchapi.metrics.Flavour;
import dev.batchapi.metrics.MetricsSettings;
import dev.batchapi.metrics.StatsdMetrics;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.jetstream.JetStreamLedger;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.NatsAccess;
import dev.batchapi.queue.jetstream.NatsServer;
import dev.batchapi.runtime.worker.Answer;
import dev.batchapi.runtime.worker.Call;
import dev.batchapi.runtime.worker.ChildHosts;
import dev.batchapi.runtime.worker.Host;
import dev.batchapi.runtime.worker.StartFrames;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/**
 * Worker and host as processes, on a real nats-server with the settings that ship: how long until
 * the first call of a handler, how much memory, how many batches a second. {@code make
 * bench-worker}, and the last part of {@code make bench-queue}.
 */
final class WorkerBenchmark {
  private static final int RUNS = Integer.getInteger("runs", 7);
  private static final int BATCHES = Integer.getInteger("batches", 2_000);
  private static final Path DIST = Path.of("target", "dist").toAbsolutePath();
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private static final byte[] PAYLOAD =
      ("[\"" + "x".repeat(1_020) + "\"]").getBytes(StandardCharsets.UTF_8);

  private static final String PYTHON_FIRST_CALL =
      """
      import time
      class Handler:
          def handle_batch(self, payload):
              open(FILE, "w").write(str(time.time_ns() // 1000))
      """;
  private static final String JAVA_FIRST_CALL =
      """
      import dev.batchapi.handler.*;
      import java.nio.file.*;
      import java.time.*;
      import java.util.*;
      public final class Handler implements BatchHandler<String, String> {
        @Override public String handleBatch(List<String> payload, BatchContext batch) throws Exception {
          var now = Instant.now();
          Files.writeString(Path.of(FILE), "" + (now.getEpochSecond() * 1_000_000 + now.getNano() / 1000));
          return null;
        }
      }
      """;

  private final NatsServer nats;
  private final JetStreamLedger owner;
  private final Path folder;

  private WorkerBenchmark(NatsServer nats, JetStreamLedger owner, Path folder) {
    this.nats = nats;
    this.owner = owner;
    this.folder = folder;
  }

  public static void main(String[] arguments) throws Exception {
    var folder = Files.createTempDirectory("worker-benchmark");
    try (var nats = NatsServer.start();
        var owner = JetStreamLedger.connect(nats.owner(), JetStreamSettings.DEFAULT)) {
      var benchmark = new WorkerBenchmark(nats, owner, folder);
      for (var part : arguments) {
        switch (part) {
          case "start" -> benchmark.starts();
          case "throughput" -> benchmark.throughput();
          case "socket" -> benchmark.socket();
          default -> throw new IllegalArgumentException(part);
        }
      }
    } finally {
      WorkerProcess.delete(folder);
    }
  }

  // From starting worker and host side by side to the first call of the handler.

  private void starts() throws Exception {
    var rows = new TreeMap<String, List<double[]>>();
    for (var run = 0; run < RUNS; run++) {
      add(rows, "Java, class path", start("java", true));
      add(rows, "Java, inline source", start("java", false));
      add(rows, "Python", start("python", false));
      add(
          rows,
          "(bare JVM, prints its version)",
          bare(List.of(JAVA, "-XX:+UseSerialGC", "-version")));
      add(rows, "(bare Python, does nothing)", bare(List.of("python3", "-c", "pass")));
    }
    System.out.println(
        "| from start to first call, median of %d | s | host RSS, MB | worker RSS, MB | worker CPU, s |"
            .formatted(RUNS));
    System.out.println("|---|---|---|---|---|");
    rows.forEach(
        (name, values) ->
            System.out.printf(
                "| %s | %.2f | %.0f | %.0f | %.2f |%n",
                name, median(values, 0), median(values, 1), median(values, 2), median(values, 3)));
  }

  private double[] start(String language, boolean classPath) throws Exception {
    var job = UUID.randomUUID().toString();
    var called = folder.resolve(job);
    var code = Files.createDirectories(folder.resolve("code-" + job));
    var quoted = "\"" + called + "\"";
    if (language.equals("python")) {
      Files.writeString(code.resolve("handler.py"), PYTHON_FIRST_CALL.replace("FILE", quoted));
    } else {
      Files.writeString(code.resolve("Handler.java"), JAVA_FIRST_CALL.replace("FILE", quoted));
    }
    if (classPath) {
      var compiled =
          new ProcessBuilder(
                  Path.of(JAVA).resolveSibling("javac").toString(),
                  "-cp",
                  DIST + "/lib/*",
                  code.resolve("Handler.java").toString())
              .inheritIO()
              .start();
      if (compiled.waitFor() != 0) {
        throw new IOException("the handler does not compile");
      }
      Files.delete(code.resolve("Handler.java"));
    }
    owner.enqueue(job, batches(1));
    var access = nats.worker(job);
    var began = System.currentTimeMillis() * 1000;
    try (var pod = pod(access, job, language, classPath, code)) {
      while (!Files.exists(called) || Files.size(called) < 10) {
        if (!pod.worker().isAlive()) {
          throw new IOException("the worker ended:\n" + pod.log());
        }
        LockSupport.parkNanos(1_000_000);
      }
      var first = Long.parseLong(Files.readString(called));
      var figures =
          new double[] {
            (first - began) / 1e6, rss(pod.host()), rss(pod.worker()), cpu(pod.worker())
          };
      owner.remove(job);
      return figures;
    }
  }

  private static double[] bare(List<String> command) throws Exception {
    var began = System.nanoTime();
    var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.waitFor();
    return new double[] {(System.nanoTime() - began) / 1e9, Double.NaN, Double.NaN, Double.NaN};
  }

  private static WorkerProcess pod(
      NatsAccess access, String job, String language, boolean classPath, Path code)
      throws IOException {
    return WorkerProcess.start(access, run(job, language, classPath, code), code);
  }

  private static byte[] run(String job, String language, boolean classPath, Path code) {
    return """
        {"job":{"uid":"%s","name":"bench","namespace":"default","apiName":"api","workers":1,
          "startTime":"2026-01-01T00:00:00Z"},
         "handler":{"language":"%s",%s"inCodeFolder":%s,"className":"Handler","classpath":%s},
         "config":{},"batchSize":1,"items":1000000,"totalBatches":1000000,
         "retry":{"maxAttempts":3,"initialBackoffSeconds":1,"maxBackoffSeconds":60},
         "timeouts":{},"metrics":{"tags":{}}}
        """
        .formatted(
            job,
            language,
            classPath ? "" : "\"file\":\"%s\",".formatted(file(language)),
            !classPath,
            classPath ? "[\"" + code + "\"]" : "[]")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String file(String language) {
    return language.equals("python") ? "handler.py" : "Handler.java";
  }

  /** Unlike the time, hardly changed by what else the machine does. */
  private static double cpu(Process process) {
    return process.info().totalCpuDuration().map(Duration::toMillis).orElse(0L) / 1e3;
  }

  private static double rss(Process process) throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
        .filter(line -> line.startsWith("VmRSS"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
        .findFirst()
        .orElse(Double.NaN);
  }

  // There and back over the socket, as the worker does it.

  private static final String PYTHON_ECHO =
      """
      import time
      class Handler:
          def __init__(self, metrics_client): self.push = metrics_client.increment
          def handle_batch(self, payload):
              if payload[0] != "push": return None
              begin = time.perf_counter()
              for _ in range(20000): self.push("calls", 1, {"model": "v1"})
              return (time.perf_counter() - begin) / 20000
      """;
  private static final String JAVA_ECHO =
      """
      import dev.batchapi.handler.*;
      import java.util.*;
      public final class Handler implements BatchHandler<String, Double> {
        private final MetricsClient metrics;
        public Handler(MetricsClient metrics) { this.metrics = metrics; }
        @Override public Double handleBatch(List<String> payload, BatchContext batch) {
          if (!payload.get(0).equals("push")) return null;
          var tags = Map.of("model", "v1");
          long begin = System.nanoTime();
          for (int i = 0; i < 20000; i++) metrics.increment("calls", 1, tags);
          return (System.nanoTime() - begin) / 1e9 / 20000;
        }
      }
      """;

  private void socket() throws Exception {
    System.out.println("| microseconds, median | batch of 1 KiB | batch of 1 MiB | metric call |");
    System.out.println("|---|---|---|---|");
    for (var language : List.of("python", "java")) {
      var code = Files.createDirectories(folder.resolve("echo-" + language));
      Files.writeString(
          code.resolve(file(language)), language.equals("java") ? JAVA_ECHO : PYTHON_ECHO);
      var run = RunSpec.read(run("bench", language, false, code));
      try (var listener = new DatagramSocket(0, InetAddress.getLoopbackAddress());
          var metrics =
              StatsdMetrics.open(MetricsSettings.of("127.0.0.1", listener.getLocalPort()))) {
        var hosts =
            new ChildHosts(
                socket -> WorkerProcess.host(language, socket, code).start(),
                StartFrames.of(run, "127.0.0.1:" + listener.getLocalPort(), Flavour.PROMETHEUS),
                metrics,
                Optional.empty());
        try (var host = hosts.start()) {
          var small = median(host, PAYLOAD, 20_000);
          var large =
              median(
                  host,
                  ("[\"" + "x".repeat((1 << 20) - 4) + "\"]").getBytes(StandardCharsets.UTF_8),
                  100);
          var push = call(host, "[\"push\"]".getBytes(StandardCharsets.UTF_8));
          System.out.printf(
              "| %s | %.0f | %,.0f | %.2f |%n",
              language,
              small,
              large,
              Double.parseDouble(new String(push.json(), StandardCharsets.UTF_8)) * 1e6);
        }
      }
    }
  }

  private static double median(Host host, byte[] payload, int times) {
    var micros = new double[times];
    for (var i = 0; i < times; i++) {
      var began = System.nanoTime();
      call(host, payload);
      micros[i] = (System.nanoTime() - began) / 1e3;
    }
    Arrays.sort(micros);
    return micros[times / 2];
  }

  private static Answer.Result call(Host host, byte[] payload) {
    var answer = host.handle(new Call("bench-0", 0, 0, List.of(), 1, Optional.empty(), payload));
    if (answer instanceof Answer.Result result) {
      return result;
    }
    throw new IllegalStateException(answer.toString());
  }

  // Batches a second, through processes, against the same by hand.

  private void throughput() throws Exception {
    System.out.println(
        "| 1 KiB batches, per second | worker and host | jnats by hand | ratio | aim |");
    System.out.println("|---|---|---|---|---|");
    for (var processes : List.of(1, 4)) {
      var pairs = new ArrayList<double[]>();
      for (var run = 0; run < Math.max(3, RUNS / 2); run++) {
        var ours = rate(processes, true);
        var byHand = rate(processes, false);
        pairs.add(new double[] {ours, byHand, ours / byHand});
      }
      System.out.printf(
          "| %d processes | %,.0f | %,.0f | %.2f | 0.8 |%n",
          processes, median(pairs, 0), median(pairs, 1), median(pairs, 2));
    }
  }

  /** The rate between the first tenth and the last batch, so that no start is measured. */
  private double rate(int processes, boolean ours) throws Exception {
    var job = UUID.randomUUID().toString();
    var total = BATCHES * processes;
    owner.enqueue(job, batches(total));
    var code = Files.createDirectories(folder.resolve("code"));
    Files.writeString(
        code.resolve("handler.py"),
        "class Handler:\n    def handle_batch(self, payload):\n        return [1]\n");
    var running = new ArrayList<AutoCloseable>();
    try {
      for (var i = 0; i < processes; i++) {
        var access = nats.worker(job);
        running.add(
            ours ? pod(access, job, "python", false, code) : byHand(access, job)::destroyForcibly);
      }
      await(job, total / 10);
      var first = owner.counts(job).done();
      var began = System.nanoTime();
      await(job, total);
      return (total - first) / ((System.nanoTime() - began) / 1e9);
    } finally {
      for (var process : running) {
        process.close();
      }
      owner.remove(job);
    }
  }

  private Process byHand(NatsAccess access, String job) throws IOException {
    return new ProcessBuilder(
            JAVA,
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            HandWrittenLoop.class.getName(),
            access.servers(),
            Objects.requireNonNull(access.credentials()).toString(),
            job)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("by-hand.log").toFile())
        .start();
  }

  private void await(String job, int done) {
    while (owner.counts(job).done() < done) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  private static Batches batches(int count) {
    return Batches.of(count, index -> PAYLOAD);
  }

  private static void add(Map<String, List<double[]>> rows, String name, double[] figures) {
    rows.computeIfAbsent(name, n -> new ArrayList<>()).add(figures);
  }

  private static double median(List<double[]> rows, int column) {
    return rows.stream().mapToDouble(row -> row[column]).sorted().toArray()[rows.size() / 2];
  }
}
