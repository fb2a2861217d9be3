package dev.batchapi.runtime.local;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command {@code batchapi}. */
@Command(
    name = "batchapi",
    mixinStandardHelpOptions = true,
    version = "batchapi 0.1.0",
    description = "Batch work on Kubernetes; this command runs it on this machine.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeOnInvalidInput = 64,
    subcommands = {RunCommand.class, AutoComplete.GenerateCompletion.class, HelpCommand.class},
    footer = {
      "",
      "Completion for bash and zsh: source <(batchapi generate-completion)",
    })
public final class BatchApiCommand {

  private BatchApiCommand() {}

  /** Ends the process with the exit code that {@code batchapi run --help} lists. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new BatchApiCommand())
        .setExecutionExceptionHandler(
            (e, commandLine, parsed) -> {
              commandLine.getErr().println("batchapi: " + message(e));
              return ExitCode.UNEXPECTED.code();
            });
  }

  private static String message(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
