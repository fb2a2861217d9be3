package dev.batchapi.cli.run;

import dev.batchapi.cli.statsd.MetricsPage;
import dev.batchapi.cli.statsd.StatsdListener;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.crds.BatchApiSpec;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.NamedSpec;
import dev.batchapi.crds.run.Freeze;
import dev.batchapi.data.input.Input;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.metrics.Flavour;
import dev.batchapi.metrics.MetricsSettings;
import dev.batchapi.metrics.StatsdMetrics;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.ItemCounts;
import dev.batchapi.queue.memory.MemoryQueue;
import dev.batchapi.runtime.worker.Assignment;
import dev.batchapi.runtime.worker.ChildHosts;
import dev.batchapi.runtime.worker.HostSource;
import dev.batchapi.runtime.worker.LargeResults;
import dev.batchapi.runtime.worker.StartFrames;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Runs one job with everything it needs on this machine: the queue in memory, hosts as children,
 * and a StatsD server that shows what the handler pushed.
 */
final class LocalRun {
  private final Settings settings;
  private final ResultFiles files;
  private final PrintStream out;
  private final Progress.Style style;
  private volatile @Nullable LocalJob running;
  private volatile boolean cancelled;

  /**
   * Where things are.
   *
   * @param home the folder with {@code python/}, the Python host
   * @param python the interpreter, a path or a name on the PATH
   * @param spool an existing folder with room for all results
   * @param debugging null for a run as it usually is
   * @param metricsPort of this machine, at which metrics can be looked at; null for none
   */
  record Settings(
      Path home,
      String python,
      Path spool,
      @Nullable Debugging debugging,
      @Nullable Integer metricsPort) {}

  /**
   * The handler's surroundings.
   *
   * @param code the folder with the author's code
   * @param folder the working folder: relative paths of the handler begin there
   * @param env variables on top of this process's own
   */
  record Place(Path code, Path folder, Map<String, String> env) {}

  LocalRun(Settings settings, ResultFiles files, PrintStream out, Progress.Style style) {
    this.settings = settings;
    this.files = files;
    this.out = out;
    this.style = style;
  }

  /** Runs a job to its end and reports it. */
  Verdict run(NamedSpec<BatchApiSpec> api, NamedSpec<BatchJobSpec> job, Input input, Place place)
      throws IOException, InterruptedException {
    var started = Instant.now();
    var folder = files.folder();
    var spec = Freeze.freeze(api, job, uid(job, input, folder), input.items(), started);
    var id = spec.job().uid();
    files.take(job(spec));
    var flavour =
        Optional.ofNullable(spec.metrics().flavour())
            .map(chosen -> Flavour.valueOf(chosen.name()))
            .orElse(Flavour.PROMETHEUS);
    try (var ledger =
            folder == null ? new MemoryQueue(settings.spool) : new MemoryQueue(folder.journal());
        var statsd = StatsdListener.open(flavour);
        var _ = page(statsd);
        var metrics =
            StatsdMetrics.open(
                MetricsSettings.parse("127.0.0.1:" + statsd.port())
                    .withFlavour(flavour)
                    .withTags(spec.metrics().tags()))) {
      var done = folder == null ? 0 : restore(ledger, id, input, folder);
      var progress =
          new Progress(
              style, spec.job().name(), spec.items(), spec.batchSize(), done, System.nanoTime());
      var debugging = settings.debugging;
      var launchers = new Launchers(settings.home, settings.python, progress, debugging);
      // Without a place for them they are as large as in a cluster, where the job has none either.
      var large = files.hasResults() ? LargeResults.inLedger() : LargeResults.none();
      var start = StartFrames.of(spec, "127.0.0.1:" + statsd.port(), flavour, large.maxBytes());
      IntFunction<HostSource> hosts =
          worker ->
              new ChildHosts(
                  launchers.launcher(
                      spec.handler().language(),
                      place,
                      spec.job().workers() == 1 ? "" : "worker-%d: ".formatted(worker)),
                  start,
                  metrics,
                  limit(spec.timeouts().startupSeconds()),
                  debugging == null ? ChildHosts.CONNECT_TIME : Debugging.LONG);
      var owner =
          new LocalJob(
              debugging == null ? Assignment.of(spec) : Debugging.of(Assignment.of(spec)),
              new LocalJob.Plan(
                  spec.job().workers(),
                  input,
                  spec.maxFailedBatches(),
                  spec.maxFailedItems(),
                  limit(spec.timeouts().runSeconds()),
                  large,
                  files.place()),
              ledger,
              hosts,
              progress);
      try (var lines = files.begin(ResultFiles.Job.of(spec), ledger, input)) {
        var end = run(owner);
        launchers.awaitOutput();
        metrics.flush();

        var took = Duration.between(started, Instant.now());
        var counts = ledger.counts(id);
        var report = new Report(out);
        report.outcome(spec.job().name(), end, counts, input, took);
        report.waits(owner.waits());
        report.failures(id, ledger, input);
        report.metrics(statsd.snapshot(), statsd.malformed());
        // A run that never began must not replace the results of an earlier one. A handler may also
        // become invalid in the middle, when its code is edited and a fresh host loads it.
        if (end.verdict() != Verdict.HandlerInvalid || counts.done() > 0) {
          files.add(lines);
          files
              .publish(manifest(spec, end, counts, input))
              .ifPresent(where -> out.println("\n" + where));
        } else {
          files.forget();
        }
        return end.verdict();
      }
    }
  }

  private End run(LocalJob owner) throws InterruptedException {
    running = owner;
    if (cancelled) {
      cancel();
    }
    // Nobody else would learn of a thread that dies: the run would hang.
    var before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler(owner::died);
    try {
      return owner.run();
    } finally {
      running = null;
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  /** Where the metrics can be looked at meanwhile; null if nobody asked for it. */
  private @Nullable MetricsPage page(StatsdListener statsd) throws IOException {
    var port = settings.metricsPort;
    if (port == null) {
      return null;
    }
    try {
      var page = MetricsPage.open(port, statsd);
      style.out().printf("Metrics: http://127.0.0.1:%d/metrics%n", page.port());
      return page;
    } catch (BindException | IllegalArgumentException e) {
      throw new UsageException("--metrics-port %d: %s.".formatted(port, e.getMessage()));
    }
  }

  /** How long something may take; who looks at it with a debugger takes their time. */
  private Optional<Duration> limit(@Nullable Integer seconds) {
    return settings.debugging == null
        ? Optional.ofNullable(seconds).map(Duration::ofSeconds)
        : Optional.empty();
  }

  private static String uid(NamedSpec<BatchJobSpec> job, Input input, @Nullable ResultFolder folder)
      throws IOException {
    var uid = UUID.randomUUID().toString();
    return folder == null ? uid : folder.begin(StoppedRun.of(job, uid, input));
  }

  /** How many batches are done already. */
  private int restore(MemoryQueue ledger, String id, Input input, ResultFolder folder) {
    ledger.restore(id, input.count(), folder.withFailed());
    var done = ledger.counts(id).done();
    if (done > 0) {
      style
          .out()
          .printf(Locale.ROOT, "%,d of %,d batches are done already.%n", done, input.count());
    }
    return done;
  }

  private static Manifest manifest(RunSpec spec, End end, Counts counts, Input input) {
    var items = ItemCounts.of(counts, spec.items(), spec.batchSize());
    return new Manifest(
        job(spec),
        end.verdict().name(),
        end.message(),
        Manifest.Items.of(items.total(), items.succeeded(), items.failed()),
        new Manifest.Batches(
            spec.totalBatches(),
            counts.succeeded(),
            counts.failed(),
            spec.totalBatches() - counts.done()),
        input.fingerprint(),
        List.of());
  }

  private static Manifest.Job job(RunSpec spec) {
    var job = spec.job();
    return new Manifest.Job(job.namespace(), job.name(), job.uid(), job.apiName());
  }

  /** Ends the job that is running, and those that would come after it. */
  void cancel() {
    cancelled = true;
    var job = running;
    if (job != null) {
      job.end(Verdict.Cancelled, "Stopped from the keyboard or by a signal.");
    }
  }
}
