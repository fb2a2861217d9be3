package dev.batchapi.runtime.local;

import dev.batchapi.crds.BatchApiSpec;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.EnvVar;
import dev.batchapi.crds.NamedSpec;
import dev.batchapi.crds.run.RunSpec;
import dev.batchapi.metrics.Flavour;
import dev.batchapi.metrics.MetricsSettings;
import dev.batchapi.metrics.StatsdMetrics;
import dev.batchapi.queue.End;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.input.Input;
import dev.batchapi.queue.memory.MemoryQueue;
import dev.batchapi.runtime.local.statsd.StatsdListener;
import dev.batchapi.runtime.worker.ChildHosts;
import dev.batchapi.runtime.worker.Starts;
import dev.batchapi.runtime.worker.Worker;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
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
   */
  record Settings(Path home, String python) {}

  LocalRun(Settings settings, ResultFiles files, PrintStream out, Progress.Style style) {
    this.settings = settings;
    this.files = files;
    this.out = out;
    this.style = style;
  }

  /**
   * Runs a job to its end and reports it.
   *
   * @param code the folder with the author's code
   */
  Verdict run(NamedSpec<BatchApiSpec> api, NamedSpec<BatchJobSpec> job, Input input, Path code)
      throws IOException, InterruptedException {
    var started = Instant.now();
    var spec = RunSpec.freeze(api, job, UUID.randomUUID().toString(), input.items(), started);
    var id = spec.job().uid();
    var flavour =
        Optional.ofNullable(spec.metrics().flavour())
            .map(chosen -> Flavour.valueOf(chosen.name()))
            .orElse(Flavour.PROMETHEUS);
    try (var ledger = new MemoryQueue();
        var statsd = StatsdListener.open(flavour);
        var metrics =
            StatsdMetrics.open(
                MetricsSettings.parse("127.0.0.1:" + statsd.port())
                    .withFlavour(flavour)
                    .withTags(spec.metrics().tags()))) {
      var progress = new Progress(style, spec.job().name(), spec.totalBatches(), System.nanoTime());
      var launchers = new Launchers(settings.home, settings.python, progress);
      var hosts =
          new ChildHosts(
              launchers.launcher(spec.handler().language(), code, env(api.spec().env())),
              Starts.of(spec, "127.0.0.1:" + statsd.port(), flavour),
              metrics,
              Optional.ofNullable(spec.timeouts().startupSeconds()).map(Duration::ofSeconds));
      var owner =
          new LocalJob(
              Worker.Assignment.of(spec),
              new LocalJob.Plan(
                  spec.job().workers(),
                  input,
                  spec.maxFailedBatches(),
                  Optional.ofNullable(spec.timeouts().runSeconds()).map(Duration::ofSeconds)),
              ledger,
              () -> ledger.worker(id),
              hosts,
              progress);
      running = owner;
      if (cancelled) {
        cancel();
      }
      End end;
      try {
        end = owner.run();
      } finally {
        running = null;
      }
      launchers.awaitOutput();
      metrics.flush();

      var took = Duration.between(started, Instant.now());
      var report = new Report(out);
      report.outcome(spec.job().name(), end, ledger.counts(id), input, took);
      report.failures(id, ledger, input);
      report.metrics(statsd.snapshot(), statsd.malformed());
      if (end.verdict() != Verdict.HandlerInvalid) {
        // A run that never began must not replace the results of an earlier one.
        files.add(spec.job().name(), id, ledger, input);
      }
      return end.verdict();
    }
  }

  /** Ends the job that is running, and those that would come after it. */
  void cancel() {
    cancelled = true;
    var job = running;
    if (job != null) {
      job.end(Verdict.Cancelled, "Stopped from the keyboard or by a signal.");
    }
  }

  /** What {@code valueFrom} refers to is in a cluster: here the variable is left as it is. */
  private static Map<String, String> env(@Nullable List<EnvVar> variables) {
    var env = new HashMap<String, String>();
    if (variables != null) {
      for (var variable : variables) {
        if (variable.valueFrom() == null) {
          env.put(variable.name(), variable.value() == null ? "" : variable.value());
        }
      }
    }
    return env;
  }
}
