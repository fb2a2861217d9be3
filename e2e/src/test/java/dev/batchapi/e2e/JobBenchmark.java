package dev.batchapi.e2e;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a job costs on the cluster, beside a bare Job that does nothing: {@code make bench-job}. All
 * times are seen by a watching client, in milliseconds; pairs are interleaved.
 */
final class JobBenchmark {
  private static final int RUNS = Integer.getInteger("runs", 7);
  private static final Map<String, String> HANDLERS =
      Map.of(
          "python",
          "handler: {python: {inline: \"class Handler:\\n  def handle_batch(self, payload):\\n    return None\\n\"}}",
          "java-classpath",
          "image: 'batchapi-e2e/java:1', handler: {java: {className: dev.batchapi.e2e.author.Counter, classpath: [/app/lib/counter.jar]}}",
          "java-inline",
          "handler: {java: {inline: \"public final class Handler implements dev.batchapi.handler.BatchHandler<Integer, Integer> {"
              + " public Integer handleBatch(java.util.List<Integer> p, dev.batchapi.handler.BatchContext b) { return 1; } }\"}}",
          "telling",
          "handler: {python: {inline: \"import time\\nclass Handler:\\n  def handle_batch(self, payload):\\n    print('returned', time.time(), flush=True)\\n\"}}",
          "slow",
          "handler: {python: {inline: \"import time\\nclass Handler:\\n  def handle_batch(self, payload):\\n    time.sleep(0.2)\\n\"}}");

  private final KubernetesClient client = Cluster.client();
  private final Team team = new Team("bench");
  private int number;

  private JobBenchmark() {}

  private static String api(String name, String spec) {
    return """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchAPI
        metadata: {name: %s}
        spec: {%s}
        """
        .formatted(name, spec);
  }

  public static void main(String[] arguments) {
    var benchmark = new JobBenchmark();
    try (var _ = benchmark.team) {
      HANDLERS.forEach((name, handler) -> benchmark.team.applies(api(name, handler)));
      for (var name : HANDLERS.keySet()) {
        benchmark
            .client
            .resources(BatchApi.class)
            .inNamespace(benchmark.team.namespace())
            .withName(name)
            .waitUntilCondition(
                api -> api.getStatus() != null && api.getStatus().observedGeneration() != null,
                30,
                TimeUnit.SECONDS);
      }
      benchmark.operatorAnew();
      benchmark.operator("idle, without jobs");
      benchmark.start();
      benchmark.end();
      benchmark.tenWorkers();
      benchmark.replacement();
      benchmark.many();
      benchmark.operator("after that");
      benchmark.operatorAnew();
      benchmark.operator("idle, with the finished jobs of this benchmark");
      var running = new ArrayList<String>();
      for (int i = 0; i < 20; i++) {
        running.add(benchmark.create("slow", 1000, 1));
      }
      running.forEach(name -> benchmark.awaitReady(name, 1));
      benchmark.operator("with 20 running jobs");
    }
  }

  /** Starts the operator anew, and says how long it took by its own log. */
  private void operatorAnew() {
    Cluster.inSystem("rollout", "restart", "deploy/batchapi-operator");
    Cluster.inSystem("rollout", "status", "deploy/batchapi-operator");
    var log = Cluster.inSystem("logs", "deploy/batchapi-operator");
    var ready = Pattern.compile("Ready, ([0-9.]+) s after the process began").matcher(log);
    System.out.printf(
        "The operator was ready %s s after its process began, with %d BatchJobs%n",
        ready.find() ? ready.group(1) : "?",
        client.resources(BatchJob.class).inAnyNamespace().list().getItems().size());
    // The leadership of the one before.
    LockSupport.parkNanos(Duration.ofSeconds(5).toNanos());
  }

  /** What the operator asks of the API server in half a minute, by its log; its memory then. */
  private void operator(String when) {
    var log = System.getenv("BATCHAPI_E2E_AUDIT_LOG");
    var requests = "unknown, for BATCHAPI_E2E_AUDIT_LOG is not set";
    if (log != null) {
      var before = requests(Path.of(log));
      LockSupport.parkNanos(Duration.ofSeconds(30).toNanos());
      var after = requests(Path.of(log));
      requests =
          String.format(
              Locale.ROOT,
              "%.1f reads and %.1f writes",
              (after[0] - before[0]) / 30.0,
              (after[1] - before[1]) / 30.0);
    }
    var status =
        Cluster.inSystem("exec", "deploy/batchapi-operator", "--", "cat", "/proc/1/status");
    var rss =
        status.lines().filter(line -> line.startsWith("VmRSS")).findFirst().orElse("VmRSS: ?");
    System.out.printf(
        "The operator %s: %s, API requests per second, but for its Lease: %s%n",
        when, rss.replaceAll("\\s+", " "), requests);
  }

  private static long[] requests(Path log) {
    var counts = new long[2];
    try (var lines = Files.lines(log)) {
      lines
          .filter(line -> line.contains("batchapi-system:batchapi-operator"))
          .filter(line -> !line.contains("\"resource\":\"leases\""))
          .forEach(line -> counts[line.matches(".*\"verb\":\"(get|list|watch)\".*") ? 0 : 1]++);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return counts;
  }

  /** One empty batch, from creating the BatchJob to Finished, against a bare Job to Complete. */
  private void start() {
    Map<String, Supplier<Long>> variants = new LinkedHashMap<>();
    variants.put("bare Job", this::bareJob);
    for (var name : List.of("python", "java-classpath", "java-inline")) {
      variants.put(name, () -> batchJob(name, 1, 1));
    }
    var times = new LinkedHashMap<String, List<Long>>();
    for (int run = -1; run < RUNS; run++) {
      for (var variant : variants.entrySet()) {
        var millis = variant.getValue().get();
        if (run >= 0) {
          times.computeIfAbsent(variant.getKey(), name -> new ArrayList<>()).add(millis);
        }
      }
    }
    var bare = median(Objects.requireNonNull(times.get("bare Job")));
    System.out.printf("One empty batch, %d runs each, interleaved:%n", RUNS);
    times.forEach(
        (name, all) ->
            System.out.printf(
                Locale.ROOT,
                "  %-16s median %5d ms (%d to %d), %.2f of the bare Job%n",
                name,
                median(all),
                all.stream().min(Long::compare).orElseThrow(),
                all.stream().max(Long::compare).orElseThrow(),
                (double) median(all) / bare));
  }

  private long bareJob() {
    var name = "bare-" + number++;
    var job =
        Serialization.unmarshal(
            """
            apiVersion: batch/v1
            kind: Job
            metadata: {name: %s}
            spec:
              backoffLimit: 0
              template:
                spec:
                  restartPolicy: Never
                  securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
                  containers:
                  - name: nothing
                    image: batchapi-e2e/nothing:1
                    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
            """
                .formatted(name),
            Job.class);
    var begin = System.nanoTime();
    client.resource(job).inNamespace(team.namespace()).create();
    client
        .batch()
        .v1()
        .jobs()
        .inNamespace(team.namespace())
        .withName(name)
        .waitUntilCondition(
            j ->
                j != null
                    && j.getStatus() != null
                    && j.getStatus().getConditions() != null
                    && j.getStatus().getConditions().stream()
                        .anyMatch(c -> c.getType().equals("Complete")),
            60,
            TimeUnit.SECONDS);
    return millisSince(begin);
  }

  private long batchJob(String api, int batches, int workers) {
    var begin = System.nanoTime();
    finished(create(api, batches, workers));
    return millisSince(begin);
  }

  private String create(String api, int batches, int workers) {
    var name = api + "-" + number++;
    var job =
        Serialization.unmarshal(
            """
            apiVersion: batchapi.dev/v1alpha1
            kind: BatchJob
            metadata: {name: %s}
            spec: {apiName: %s, workers: %d, input: {count: %d}}
            """
                .formatted(name, api, workers, batches),
            BatchJob.class);
    client.resource(job).inNamespace(team.namespace()).create();
    return name;
  }

  private BatchJob finished(String name) {
    return client
        .resources(BatchJob.class)
        .inNamespace(team.namespace())
        .withName(name)
        .waitUntilCondition(JobBenchmark::isFinished, 30, TimeUnit.MINUTES);
  }

  private static boolean isFinished(@Nullable BatchJob job) {
    return job != null
        && job.getStatus() != null
        && job.getStatus().conditions() != null
        && Objects.requireNonNull(job.getStatus().conditions()).stream()
            .anyMatch(c -> c.type().equals("Finished") && c.status() == Condition.Status.TRUE);
  }

  /** From the last batch's return in the handler to Finished, by the one clock of this machine. */
  private void end() {
    var times = new ArrayList<Long>();
    for (int run = 0; run < RUNS; run++) {
      var name = create("telling", 20, 1);
      finished(name);
      var seen = System.currentTimeMillis();
      times.add(seen - Math.round(lastReturn(name) * 1000));
    }
    System.out.printf("Last outcome to Finished: median %d ms (%s)%n", median(times), times);
  }

  /** The last time in the handler's log, which kubelet may give out later than the job's end. */
  private double lastReturn(String job) {
    for (int tries = 0; tries < 100; tries++) {
      var log = team.kubectl("logs", "-l", "batchapi.dev/job=" + job, "-c", "handler").out();
      var last =
          log.lines()
              .filter(line -> line.startsWith("returned "))
              .mapToDouble(line -> Double.parseDouble(line.substring("returned ".length())))
              .max();
      if (last.isPresent()) {
        return last.getAsDouble();
      }
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
    throw new AssertionError("no batch is in the log of " + job);
  }

  /** Ten workers: when the first and the last are ready, and when all are gone after the end. */
  private void tenWorkers() {
    var begin = System.nanoTime();
    var name = create("slow", 200, 10);
    awaitReady(name, 1);
    var first = millisSince(begin);
    awaitReady(name, 10);
    var last = millisSince(begin);
    var finished = finished(name);
    var end = Instant.parse(Objects.requireNonNull(finished.getStatus().completionTime()));
    awaitPods(
        name, pods -> pods.stream().noneMatch(p -> "Running".equals(p.getStatus().getPhase())));
    System.out.printf(
        "Ten workers: first ready after %d ms, last after %d ms, all gone %d ms after the end%n",
        first, last, Duration.between(end, Instant.now()).toMillis());
  }

  /** A worker's pod deleted by force: until another is ready in its place. */
  private void replacement() {
    var name = create("slow", 2000, 2);
    awaitReady(name, 2);
    var times = new ArrayList<Long>();
    for (int run = 0; run < RUNS; run++) {
      var victim = pods(name).stream().filter(JobBenchmark::isReady).findFirst().orElseThrow();
      var begin = System.nanoTime();
      client.resource(victim).withGracePeriod(0).delete();
      awaitPods(
          name,
          pods ->
              pods.stream()
                      .filter(p -> !p.getMetadata().getUid().equals(victim.getMetadata().getUid()))
                      .filter(JobBenchmark::isReady)
                      .count()
                  == 2);
      times.add(millisSince(begin));
    }
    team.kubectl("delete", "batchjob", name, "--wait=false");
    System.out.printf(
        "A worker's pod deleted: another is ready after a median of %d ms (%s)%n",
        median(times), times);
  }

  /** Many jobs at once, none lost, against the same work in one job. */
  private void many() {
    var jobs = Integer.getInteger("jobs", 200);
    int batches = Integer.getInteger("batches", 10);
    var begin = System.nanoTime();
    finished(create("python", jobs * batches, 4));
    var one = millisSince(begin);
    begin = System.nanoTime();
    var names = new ArrayList<String>();
    for (int i = 0; i < jobs; i++) {
      names.add(create("python", batches, 1));
    }
    long complete =
        names.stream()
            .map(this::finished)
            .filter(job -> Objects.requireNonNull(job.getStatus().batches()).succeeded() == batches)
            .count();
    System.out.printf(
        Locale.ROOT,
        "%d jobs of %d batches at once: %d complete after %d ms; the same work in one job of 4 workers: %d ms%n",
        jobs,
        batches,
        complete,
        millisSince(begin),
        one);
  }

  private void awaitReady(String job, int count) {
    awaitPods(job, pods -> pods.stream().filter(JobBenchmark::isReady).count() >= count);
  }

  private void awaitPods(String job, java.util.function.Predicate<List<Pod>> condition) {
    var end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (!condition.test(pods(job))) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain for the pods of " + job);
      }
    }
  }

  private List<Pod> pods(String job) {
    return team.pods(job);
  }

  private static boolean isReady(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() == null
        && pod.getStatus().getConditions() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  private static long millisSince(long begin) {
    return Duration.ofNanos(System.nanoTime() - begin).toMillis();
  }

  private static long median(List<Long> times) {
    return times.stream().sorted().toList().get(times.size() / 2);
  }
}
