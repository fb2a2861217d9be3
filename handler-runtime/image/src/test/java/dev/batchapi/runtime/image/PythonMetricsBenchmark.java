package dev.batchapi.runtime.image;

import com.sun.management.OperatingSystemMXBean;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.metrics.Flavour;
import dev.batchapi.metrics.StatsdMetrics;
import dev.batchapi.metrics.UdpReceiver;
import dev.batchapi.runtime.protocol.PlainJson;
import dev.batchapi.runtime.worker.Answer;
import dev.batchapi.runtime.worker.Call;
import dev.batchapi.runtime.worker.ChildHosts;
import dev.batchapi.runtime.worker.StartFrames;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;

/**
 * The metrics client of Python handlers beside the {@code datadog} package, in one host process: as
 * Cortex used it (its wrapper, one datagram for each call) and buffered. {@code make
 * bench-metrics}; its argument is a folder with the package.
 */
final class PythonMetricsBenchmark {
  private static final int ROUNDS = Integer.getInteger("rounds", 5);
  private static final int CALLS = Integer.getInteger("calls", 50_000);
  private static final int SHORT_JOB = 100;
  private static final List<String> CLIENTS = List.of("ours", "datadog", "datadog-buffered");

  /** What Cortex 0.35 did with a push (python/serve/cortex_internal/lib/metrics.py). */
  private static final String HANDLER =
      """
      import sys, time
      sys.path.append(PACKAGE)
      from datadog import initialize
      from datadog.dogstatsd.base import DogStatsd

      class Cortex:
          def __init__(self, client):
              self.client = client
          def increment(self, metric, value=1, tags=None):
              self.client.increment(metric, value=value, tags=self.tags(metric, tags))
          def histogram(self, metric, value, tags=None):
              self.client.histogram(metric, value=value, tags=self.tags(metric, tags))
          def tags(self, metric, tags):
              if metric.startswith("cortex_") or metric.startswith("istio_"):
                  raise ValueError(metric)
              return [f"{key}:{value}" for key, value in (tags or {}).items()]

      class Handler:
          def __init__(self, metrics_client):
              self.ours = metrics_client
          def handle_batch(self, payload):
              which, kind, port, calls = payload
              close = lambda: None
              if which == "ours":
                  client = self.ours
              else:
                  theirs = DogStatsd(host="127.0.0.1", port=port)
                  client = Cortex(theirs)
                  if which == "datadog-buffered":
                      theirs.open_buffer()
                      close = theirs.close_buffer
              tags = {"model": "v1"}
              cpu, begin = time.process_time_ns(), time.perf_counter_ns()
              if kind == "counter":
                  for i in range(calls):
                      client.increment("calls", 1, tags)
              else:
                  for i in range(calls):
                      client.histogram("seconds", i * 0.001, tags)
              pushed = time.perf_counter_ns()
              close()
              end = time.perf_counter_ns()
              return [(pushed - begin) / calls, (time.process_time_ns() - cpu) / calls, end - pushed]
      """;

  private static final Pattern NUMBER = Pattern.compile("[0-9.e+-]+");

  /** Times in nanoseconds for each call. */
  private record Result(
      double perCall, double hostCpu, double workerCpu, double delivered, double datagrams) {}

  private record Work(String name, String kind, int calls) {}

  private static final List<Work> WORKS =
      List.of(
          new Work("SHORT_JOB", "counter", SHORT_JOB),
          new Work("COUNTS", "counter", CALLS),
          new Work("HISTOGRAMS", "histogram", CALLS));

  private PythonMetricsBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    var code = Files.createTempDirectory("python-metrics");
    Files.writeString(
        code.resolve("handler.py"),
        HANDLER.replace("PACKAGE", "\"" + Path.of(arguments[0]).toAbsolutePath() + "\""));
    Map<String, List<Result>> results = new LinkedHashMap<>();
    try {
      for (var round = 0; round <= ROUNDS; round++) {
        for (var work : WORKS) {
          for (var client : CLIENTS) {
            var result = run(code, work, client);
            if (round > 0) { // The first one warms up.
              results
                  .computeIfAbsent(
                      "%-11s %-18s".formatted(work.name, client), key -> new ArrayList<>())
                  .add(result);
            }
          }
        }
      }
    } finally {
      WorkerProcess.delete(code);
    }
    System.out.println("Python; medians of " + ROUNDS + " rounds; delivered: the worst round.");
    System.out.printf(
        "%-11s %-18s %8s %12s %14s %10s %9s%n",
        "work", "client", "ns/call", "CPU ns/call", "worker's CPU", "delivered", "datagrams");
    results.forEach(PythonMetricsBenchmark::print);
    System.out.printf(
        "ns per call, of datadog as Cortex used it: counter %.2f, histogram %.2f%n",
        ratio(results, "COUNTS"), ratio(results, "HISTOGRAMS"));
  }

  private static double ratio(Map<String, List<Result>> results, String work) {
    return median(of(results, work, "ours"), Result::perCall)
        / median(of(results, work, "datadog"), Result::perCall);
  }

  private static List<Result> of(Map<String, List<Result>> results, String work, String client) {
    return results.getOrDefault("%-11s %-18s".formatted(work, client), List.of());
  }

  private static void print(String name, List<Result> all) {
    System.out.printf(
        "%s %8.0f %12.0f %14.0f %10.5f %9.0f%n",
        name,
        median(all, Result::perCall),
        median(all, Result::hostCpu),
        median(all, Result::workerCpu),
        all.stream().mapToDouble(Result::delivered).min().orElse(0),
        median(all, Result::datagrams));
  }

  private static double median(List<Result> all, ToDoubleFunction<Result> field) {
    var sorted = all.stream().mapToDouble(field).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }

  private static Result run(Path code, Work work, String client) throws Exception {
    try (var server = new UdpReceiver();
        var metrics = StatsdMetrics.open(server.settings())) {
      var hosts =
          new ChildHosts(
              socket -> WorkerProcess.host("python", socket, code).start(),
              StartFrames.of(RUN, null, Flavour.PROMETHEUS),
              metrics,
              Optional.empty());
      try (var host = hosts.start()) {
        var cpu = cpu();
        var answer =
            host.handle(
                new Call(
                    "bench-0",
                    0,
                    0,
                    List.of(),
                    1,
                    Optional.empty(),
                    PlainJson.write(List.of(client, work.kind, server.port(), work.calls))));
        if (!(answer instanceof Answer.Result result)) {
          throw new IllegalStateException(answer.toString());
        }
        awaitQuiet(server);
        var spent = cpu() - cpu - server.cpuNanos();
        var times = numbers(new String(result.json(), StandardCharsets.UTF_8));
        var arrived =
            work.kind.equals("counter")
                ? server.sum("calls")
                : server.lines().stream().filter(line -> line.startsWith("seconds:")).count();
        return new Result(
            times.get(0),
            times.get(1),
            client.equals("ours") ? (double) spent / work.calls : 0,
            arrived / work.calls,
            server.datagrams().size());
      }
    }
  }

  private static List<Double> numbers(String json) {
    return NUMBER.matcher(json).results().map(match -> Double.valueOf(match.group())).toList();
  }

  private static long cpu() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static void awaitQuiet(UdpReceiver server) {
    var seen = -1;
    while (seen != server.datagrams().size()) {
      seen = server.datagrams().size();
      LockSupport.parkNanos(1_200_000_000L); // A counter's sum is sent every second.
    }
  }

  private static final RunSpec RUN = run();

  private static RunSpec run() {
    return RunSpec.read(
        """
        {"job":{"uid":"bench","name":"bench","namespace":"default","apiName":"api","workers":1,
          "startTime":"2026-01-01T00:00:00Z"},
         "handler":{"language":"python","file":"handler.py","inCodeFolder":true,
          "className":"Handler","classpath":[]},
         "config":{},"batchSize":1,"items":1,"totalBatches":1,
         "retry":{"maxAttempts":3,"initialBackoffSeconds":1,"maxBackoffSeconds":60},
         "timeouts":{},"metrics":{"tags":{}}}
        """
            .getBytes(StandardCharsets.UTF_8));
  }
}
