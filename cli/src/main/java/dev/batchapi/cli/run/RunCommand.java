package dev.batchapi.cli.run;

import dev.batchapi.cli.ExitCode;
import dev.batchapi.cli.crypto.NativeCrypto;
import dev.batchapi.cli.manifest.ManifestException;
import dev.batchapi.cli.manifest.Manifests;
import dev.batchapi.contract.Visible;
import dev.batchapi.crds.FileInput;
import dev.batchapi.data.collect.OutputException;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.data.store.StoreRefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
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
      "2:some batches or items failed",
      "3:the handler is invalid: its message says why",
      "4:the job failed otherwise: its workers, its deadline, on_job_complete, a store that takes"
          + " no results",
      "64:a file, an option or the input is wrong",
      "130:stopped by Ctrl-C (by SIGTERM: 143); what was done is reported and written"
    })
public final class RunCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description =
          "YAML files, or folders of them, with a BatchAPI, BatchJobs, ConfigMaps and Secrets;"
              + " \"-\" is standard input. What else stands in them is skipped.")
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
      paramLabel = "FILE|-|GLOB|URL",
      description =
          "Items instead of the job's own input; may be given several times. Files of this machine,"
              + " in quotes also patterns such as \"data/**/*.csv\", and URLs with s3://, gs://,"
              + " az:// and http(s)://, for which the shell's credentials are used. \"-\" is"
              + " standard input, as JSON lines. How CSV is written stands in the job's"
              + " input.files.csv.")
  private List<String> input = List.of();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      converter = FormatName.class,
      description =
          "What is in the files of --input: jsonl, csv, parquet, lines, or paths. Default: by each"
              + " name's ending.")
  private FileInput.@Nullable Format format;

  @Option(
      names = "--results",
      paramLabel = "FILE|FOLDER/|URL/",
      description =
          "Write the results there, as JSON lines. A folder gets result files of 256 MiB at most,"
              + " errors.jsonl, and last manifest.json with sizes and SHA-256; a run with it can be"
              + " resumed. One of s3://, gs:// or az:// gets them when the run has ended; nothing"
              + " there is ever replaced.")
  private @Nullable String results;

  @Option(
      names = "--errors",
      paramLabel = "FILE",
      description =
          "Write failed batches, and items that failed alone, there with error and payload, as JSON"
              + " lines.")
  private @Nullable Path errors;

  @Option(
      names = "--force",
      description = "Replace what an earlier run has left in the folder of --results.")
  private boolean force;

  @Option(
      names = "--resume",
      paramLabel = "FOLDER/",
      description =
          "Go on with the run that was stopped there, whatever stopped it: only batches without an "
              + "outcome are run. Takes the files and the input that the run was started with.")
  private @Nullable String resume;

  @Option(
      names = "--retry-failed",
      description = "With --resume: run the batches that failed or have failed items, too.")
  private boolean retryFailed;

  @Option(
      names = "--dry-run",
      description = "Show how many items and batches there are, and the first items; run nothing.")
  private boolean dryRun;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Run only this batch, by its number from 0, as in messages and results.")
  private @Nullable Integer batch;

  @Option(
      names = "--item",
      paramLabel = "N",
      description = "Run only this item, by its number from 0, as a batch of its own.")
  private @Nullable Integer item;

  @Option(
      names = "--debug",
      description =
          "One worker, whose handler has this terminal: breakpoint(), pdb and print work. No"
              + " deadlines, and what fails is not tried again.")
  private boolean debug;

  @Option(
      names = "--debug-port",
      paramLabel = "PORT",
      description =
          "Like --debug, for a handler in Java: it waits for a debugger on this port of this"
              + " machine.")
  private @Nullable Integer debugPort;

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      description =
          "While a job runs, serve what its handler pushes as Prometheus text, at "
              + "http://127.0.0.1:PORT/metrics. 0: any port that is free.")
  private @Nullable Integer metricsPort;

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
      e.problems().forEach(problem -> console.getErr().println(Visible.text(problem.toString())));
      return ExitCode.USAGE.code();
    } catch (NotStoredException e) {
      console.getErr().println("batchapi: " + Visible.text(String.valueOf(e.getMessage())));
      return ExitCode.JOB_FAILED.code();
    } catch (UsageException
        | InputException
        | OutputException
        | StoreRefusedException
        | FileChangedException e) {
      console.getErr().println("batchapi: " + Visible.text(String.valueOf(e.getMessage())));
      return ExitCode.USAGE.code();
    }
  }

  private int run() throws IOException, InterruptedException, ManifestException {
    NativeCrypto.use();
    var manifests = Manifests.load(files);
    manifests.skipped().forEach(System.err::println);
    var debugging = debug || debugPort != null ? new Debugging(debugPort) : null;
    var number = debugging == null ? workers : Integer.valueOf(1);
    var jobs = new JobSelection(manifests, job, number, !input.isEmpty()).jobs();
    var part = part(jobs.size());
    var outputs = Outputs.of(results, errors, resume, retryFailed, force);
    outputs.check(inputs(), jobs);
    var canceller = new Canceller();
    var runs = new JobRuns(manifests, input, format, python, part, outputs, canceller);
    if (dryRun) {
      runs.show(jobs, new DryRun(System.out));
      return ExitCode.SUCCEEDED.code();
    }
    var whole = outputs.wholeRun(jobs);
    if (whole != null) {
      if (!input.isEmpty() && !input.contains("-")) { // a pipe is read once, for work
        runs.refuseAnother(jobs.getFirst(), whole);
      }
      outputs.complete(whole, System.out);
      return ExitCode.SUCCEEDED.code();
    }
    var home = Path.of(System.getProperty("batchapi.home", "."));
    // Signals are let go last: the process may end only when the files are closed.
    try (var _ = new Signals(canceller)) {
      ExitCode code;
      boolean hasResults;
      try (var written = outputs.open()) {
        var local =
            new LocalRun(
                new LocalRun.Settings(home, python, outputs.spool(), debugging, metricsPort),
                written,
                System.out,
                style(debugging != null));
        canceller.cancels(local);
        code = runs.run(local, jobs);
        hasResults = written.isWritten();
      }
      if (hasResults) {
        outputs.tell(System.out);
      }
      return code.code();
    }
  }

  private Progress.Style style(boolean terminalIsTheHandlers) {
    return terminalIsTheHandlers
        ? Progress.Style.none()
        : verbose ? Progress.Style.lines(System.err) : Progress.Style.ofStandardError();
  }

  private Part part(int jobs) {
    if (batch != null && item != null) {
      throw new UsageException("--batch and --item: give one of them.");
    }
    var part = new Part(batch, item);
    if (!part.isAll() && jobs > 1) {
      throw new UsageException(
          "%s needs --job NAME: the files have %d jobs."
              .formatted(batch == null ? "--item" : "--batch", jobs));
    }
    return part;
  }

  private List<Path> inputs() {
    var inputs = new ArrayList<>(files);
    input.stream().filter(name -> !name.contains("://")).map(Path::of).forEach(inputs::add);
    return inputs;
  }
}
