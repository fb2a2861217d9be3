package dev.batchapi.e2e;

import dev.batchapi.crds.BatchJob;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What files cost a job on the cluster, beside jobs without: how long until the first call of its
 * handler, and how large the operator grows. {@code make bench-job-files}. Pairs take turns.
 */
final class FilesBenchmark {
  private static final int RUNS = Integer.getInteger("runs", 7);
  private static final int BATCHES = Integer.getInteger("batches", 5_000);
  private static final int FILES = Integer.getInteger("files", 1_000);

  private final KubernetesClient client = Cluster.client();
  private final Team team = new Team("bench-files");
  private final S3Server store = new S3Server(team);
  private int number;

  private FilesBenchmark() {}

  public static void main(String[] arguments) {
    var benchmark = new FilesBenchmark();
    try (var _ = benchmark.team;
        var _ = benchmark.store) {
      benchmark.firstCalls();
      benchmark.operators();
    }
  }

  private void firstCalls() {
    team.applies(
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchAPI
        metadata: {name: first}
        spec:
          batchSize: 100
          storage: {secret: {name: store}}
          handler:
            python:
              inline: |
                import time
                class Handler:
                    def handle_batch(self, payload):
                        return time.time()
        """);
    store.put("one/a.jsonl", "1\n");
    for (var i = 0; i < FILES; i++) {
      store.put("many/%05d.jsonl".formatted(i), i + "\n");
    }
    var many = "%,d files".formatted(FILES);
    Map<String, ToDoubleFunction<String>> ways = new LinkedHashMap<>();
    ways.put("inline item", name -> firstCall(name, "{items: [1]}"));
    ways.put("one file", name -> firstCall(name, files("one/")));
    ways.put(many, name -> firstCall(name, files("many/")));
    ways.put("bare listing of " + many, name -> listing());
    var seconds = new LinkedHashMap<String, List<Double>>();
    for (var run = -1; run < RUNS; run++) {
      for (var way : ways.entrySet()) {
        var took = way.getValue().applyAsDouble("first-" + number++);
        System.err.printf(Locale.ROOT, "%s: %.3f s%n", way.getKey(), took);
        if (run >= 0) {
          seconds.computeIfAbsent(way.getKey(), key -> new ArrayList<>()).add(took);
        }
      }
    }
    System.out.printf("From creation to the first call of the handler, %d runs each:%n", RUNS);
    seconds.forEach(
        (way, all) ->
            System.out.printf(
                Locale.ROOT,
                "  %-30s median %6.3f s (%.3f to %.3f)%n",
                way,
                median(all),
                all.stream().min(Double::compare).orElseThrow(),
                all.stream().max(Double::compare).orElseThrow()));
    var inline = median(Objects.requireNonNull(seconds.get("inline item")));
    var list = median(Objects.requireNonNull(seconds.get("bare listing of " + many)));
    for (var way : List.of("one file", many)) {
      var its = median(Objects.requireNonNull(seconds.get(way)));
      System.out.printf(
          Locale.ROOT, "  %s, of inline item and listing: %.2f%n", way, its / (inline + list));
    }
  }

  private static String files(String folder) {
    return "{files: {paths: [\"s3://photos/%s\"]}}".formatted(folder);
  }

  /** Seconds, by the one clock of this machine. */
  private double firstCall(String job, String input) {
    var began = System.currentTimeMillis() / 1e3;
    create(job, "first", input, 1);
    team.awaitsTheEndOf(job);
    return team.resultLines(job, "results")
            .mapToDouble(line -> line.path("result").asDouble())
            .min()
            .orElseThrow()
        - began;
  }

  private double listing() {
    var began = System.nanoTime();
    var found = store.keys("many/").size();
    if (found != FILES) {
      throw new AssertionError(found + " keys of " + FILES);
    }
    return (System.nanoTime() - began) / 1e9;
  }

  private void create(String name, String api, String input, int workers) {
    var job =
        Serialization.unmarshal(
            """
            apiVersion: batchapi.dev/v1alpha1
            kind: BatchJob
            metadata: {name: %s}
            spec: {apiName: %s, workers: %d, input: %s}
            """
                .formatted(name, api, workers, input),
            BatchJob.class);
    client.resource(job).inNamespace(team.namespace()).create();
  }

  /** The most that the operator has had resident, after a job of as many batches. */
  private void operators() {
    team.applies(
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchAPI
        metadata: {name: nothing}
        spec:
          storage: {secret: {name: store}}
          handler: {python: {inline: "class Handler:\\n  def handle_batch(self, payload):\\n    return None\\n"}}
        """);
    var lines = new StringBuilder();
    IntStream.range(0, BATCHES).forEach(n -> lines.append(n).append('\n'));
    store.put("batches/a.jsonl", lines.toString());
    var counts = new ArrayList<Double>();
    var files = new ArrayList<Double>();
    for (var run = 0; run < Math.max(3, RUNS / 2); run++) {
      counts.add(operator("count-" + run, "{count: %d}".formatted(BATCHES)));
      files.add(operator("files-" + run, files("batches/")));
    }
    System.out.printf(
        Locale.ROOT,
        "The operator started anew, after a job of %,d batches, VmHWM: %.0f MiB by count %s, %.0f MiB of files %s%n",
        BATCHES,
        median(counts),
        counts,
        median(files),
        files);
  }

  private double operator(String job, String input) {
    Cluster.inSystem("rollout", "restart", "deploy/batchapi-operator");
    Cluster.inSystem("rollout", "status", "deploy/batchapi-operator");
    create(job, "nothing", input, 4);
    team.completes(job, BATCHES);
    team.kubectl("delete", "batchjob", job, "--wait=true");
    return Cluster.inSystem("exec", "deploy/batchapi-operator", "--", "cat", "/proc/1/status")
            .lines()
            .filter(line -> line.startsWith("VmHWM"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
            .findFirst()
            .orElseThrow()
        / 1024.0;
  }

  private static double median(List<Double> all) {
    return all.stream().sorted().toList().get(all.size() / 2);
  }
}
