package dev.batchapi.cli.run;

import dev.batchapi.cli.ExitCode;
import dev.batchapi.cli.manifest.ManifestException;
import dev.batchapi.cli.manifest.Manifests;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.NamedSpec;
import dev.batchapi.data.input.InputException;
import dev.batchapi.queue.End.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code batchapi run}. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the jobs of a BatchAPI on this machine, from the same files that a cluster takes.",
      "Without --job all jobs in the files are run, one after the other."
    },
    exitCodeOnInvalidInput = 64,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every batch succeeded",
      "1:something unexpected happened",
      "2:some batches failed",
      "3:the handler is invalid: its message says why",
      "4:the job failed otherwise: its workers, its deadline, on_job_complete",
      "64:a file, an option or the input is wrong",
      "130:stopped by Ctrl-C (by SIGTERM: 143); what was done is reported and written"
    })
public final class RunCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = {
        "YAML files, or folders of them, with a BatchAPI, BatchJobs, ConfigMaps and Secrets; \"-\" is",
        "standard input. What else stands in them is skipped."
      })
  private List<Path> files = List.of();

  @Option(names = "--job", paramLabel = "NAME", description = "Run only this job.")
  private @Nullable String job;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Workers, instead of the job's own number.")
  private @Nullable Integer workers;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "Items as JSON lines, instead of the job's own input; \"-\" is standard input.")
  private @Nullable Path input;

  @Option(
      names = "--results",
      paramLabel = "FILE",
      description = "Write the results there, as JSON lines.")
  private @Nullable Path results;

  @Option(
      names = "--errors",
      paramLabel = "FILE",
      description = "Write the failed batches there with error and payload, as JSON lines.")
  private @Nullable Path errors;

  @Option(
      names = "--python",
      paramLabel = "PATH",
      description =
          "The Python to run Python handlers with, 3.9 or newer. Default: ${DEFAULT-VALUE}.",
      defaultValue = "python3")
  private String python = "python3";

  @Option(
      names = {"-v", "--verbose"},
      description = "Log every failed attempt while the job runs.")
  private boolean verbose;

  @Spec private @Nullable CommandSpec command;

  @Override
  public Integer call() throws IOException, InterruptedException {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", verbose ? "info" : "error");
    var console = Objects.requireNonNull(command).commandLine();
    try {
      return run();
    } catch (ManifestException e) {
      e.problems().forEach(problem -> console.getErr().println(problem));
      return ExitCode.USAGE.code();
    } catch (UsageException | InputException e) {
      console.getErr().println("batchapi: " + e.getMessage());
      return ExitCode.USAGE.code();
    }
  }

  private int run() throws IOException, InterruptedException, ManifestException {
    var manifests = Manifests.load(files);
    manifests.skipped().forEach(System.err::println);
    var jobs = new JobSelection(manifests, job, workers, input != null).jobs();
    var home = Path.of(System.getProperty("batchapi.home", "."));
    refuseToOverwriteInputs();
    Stream.of(results, errors).filter(Objects::nonNull).forEach(RunCommand::tellOfReplacing);
    // Signals are let go last: the process may end only when the files are closed.
    var canceller = new Canceller();
    try (var _ = new Signals(canceller)) {
      ExitCode code;
      try (var written = new ResultFiles(results, errors)) {
        var local =
            new LocalRun(
                new LocalRun.Settings(home, python, spool()),
                written,
                System.out,
                verbose ? Progress.Style.lines(System.err) : Progress.Style.ofStandardError());
        canceller.cancels(local);
        code = run(local, manifests, jobs);
      }
      if (code != ExitCode.HANDLER_INVALID) {
        whereIs("results", results);
        whereIs("failed batches", errors);
      }
      return code.code();
    }
  }

  /** What a signal does: it cancels the run, as soon as there is one. */
  private static final class Canceller implements Runnable {
    private @Nullable LocalRun local;
    private boolean cancelled;

    synchronized void cancels(LocalRun run) {
      local = run;
      if (cancelled) {
        run.cancel();
      }
    }

    @Override
    public synchronized void run() {
      cancelled = true;
      if (local != null) {
        local.cancel();
      }
    }
  }

  /** Where the results go in the end there should be room for them; /tmp may be in memory. */
  private Path spool() {
    var folder = results == null ? null : results.toAbsolutePath().getParent();
    return folder == null || (Files.exists(results) && !Files.isRegularFile(results))
        ? Path.of(System.getProperty("java.io.tmpdir"))
        : folder;
  }

  private static void tellOfReplacing(Path file) {
    if (Files.isRegularFile(file)) {
      System.err.println(file + " is there already: it is replaced when the run ends.");
    }
  }

  private void refuseToOverwriteInputs() {
    var inputs = new ArrayList<>(files);
    if (input != null) {
      inputs.add(input);
    }
    for (var out : Arrays.asList(results, errors)) {
      if (out != null && inputs.stream().anyMatch(in -> same(in, out))) {
        throw new UsageException(
            "%s is an input of this run: it is not written to.".formatted(out));
      }
    }
    if (results != null && errors != null && same(results, errors)) {
      throw new UsageException("--results and --errors name the same file, %s.".formatted(errors));
    }
  }

  private static boolean same(Path one, Path other) {
    return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
  }

  private ExitCode run(LocalRun local, Manifests manifests, List<NamedSpec<BatchJobSpec>> jobs)
      throws IOException, InterruptedException {
    var worst = ExitCode.SUCCEEDED;
    for (var selected : jobs) {
      var code = ExitCode.of(run(local, manifests, selected));
      if (code.code() > worst.code()) {
        worst = code;
      }
      if (code == ExitCode.CANCELLED) {
        break;
      }
    }
    return worst;
  }

  private static void whereIs(String what, @Nullable Path file) {
    if (file != null) {
      System.out.printf("%n%s: %s%n", what, file);
    }
  }

  private Verdict run(LocalRun local, Manifests manifests, NamedSpec<BatchJobSpec> selected)
      throws IOException, InterruptedException {
    var located = manifests.apiOf(selected);
    var api = located.value();
    var handler = api.spec().handler();
    if (handler.python() != null) {
      Python.check(python);
    }
    var inputs = new Inputs(manifests, api, selected);
    var folder = folderOf(located.file());
    var env = new HandlerEnvironment(manifests, selected, System.getenv()).of(api.spec().env());
    env.notes().forEach(System.err::println);
    var metrics = api.spec().metrics();
    if (metrics != null && metrics.statsd() != null) {
      System.err.printf(
          "metrics.statsd %s is for a cluster: here the metrics are shown at the end.%n",
          metrics.statsd());
    }
    try (var batches = input == null ? inputs.own() : inputs.ofFile(input);
        var code =
            CodeFolder.of(handler, name -> manifests.configMap(api.namespace(), name), folder)) {
      var place = new LocalRun.Place(code.path(), folder, env.values());
      return local.run(api, selected, batches, place);
    }
  }

  /** Of what came through a pipe: the working folder. */
  private static Path folderOf(Path file) {
    return Files.isRegularFile(file)
        ? Objects.requireNonNull(file.toAbsolutePath().getParent())
        : Path.of("").toAbsolutePath();
  }
}
