package dev.batchapi.cli;

import dev.batchapi.cli.deploy.DeployCommand;
import dev.batchapi.cli.init.InitCommand;
import dev.batchapi.cli.run.RunCommand;
import dev.batchapi.cli.validate.SchemaCommand;
import dev.batchapi.cli.validate.ValidateCommand;
import dev.batchapi.contract.Visible;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command {@code batchapi}. */
@Command(
    name = "batchapi",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Batch work on Kubernetes; this command runs it on this machine.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeOnInvalidInput = 64,
    footer = {
      "",
      "Completion for bash and zsh: source <(batchapi generate-completion)",
    })
public final class BatchApiCommand {

  /** By name, in the order of the help. */
  private static final Map<String, Supplier<Object>> COMMANDS = commands();

  private static final Set<String> ABOUT_ALL = Set.of("generate-completion", "help");

  private BatchApiCommand() {}

  private static Map<String, Supplier<Object>> commands() {
    var commands = new LinkedHashMap<String, Supplier<Object>>();
    commands.put("init", InitCommand::new);
    commands.put("run", RunCommand::new);
    commands.put("validate", ValidateCommand::new);
    commands.put("schema", SchemaCommand::new);
    commands.put("deploy", DeployCommand::new);
    commands.put("generate-completion", AutoComplete.GenerateCompletion::new);
    commands.put("help", HelpCommand::new);
    return commands;
  }

  /** Ends the process with the exit code that {@code batchapi run --help} lists. */
  public static void main(String[] args) {
    var code = ExitCode.UNEXPECTED.code();
    try {
      code = commandLine(args).execute(args);
    } catch (Throwable e) {
      // Out of memory, as a rule. Without an exit the threads that are left would keep the process.
      System.err.println("batchapi: " + e);
    }
    System.exit(code);
  }

  /** With the command that the arguments name alone: each takes time to be read, of every start. */
  static CommandLine commandLine(String... args) {
    var line = new CommandLine(new BatchApiCommand());
    var alone = args.length > 0 && COMMANDS.containsKey(args[0]) && !ABOUT_ALL.contains(args[0]);
    COMMANDS.forEach(
        (name, command) -> {
          if (!alone || name.equals(args[0])) {
            line.addSubcommand(name, command.get());
          }
        });
    return line.setParameterExceptionHandler(BatchApiCommand::wrongArguments)
        .setExecutionExceptionHandler(
            (e, commandLine, parsed) -> {
              commandLine.getErr().println("batchapi: " + message(e));
              return ExitCode.UNEXPECTED.code();
            });
  }

  /** The library's own answer to an unknown command is its most similar one, however different. */
  private static int wrongArguments(CommandLine.ParameterException e, String[] arguments) {
    var line = e.getCommandLine();
    var commands = line.getSubcommands().keySet();
    if (e instanceof CommandLine.UnmatchedArgumentException unmatched && !commands.isEmpty()) {
      line.getErr()
          .printf(
              "batchapi: there is no command \"%s\"; there are: %s.%n",
              unmatched.getUnmatched().getFirst(), String.join(", ", commands));
    } else if (!commands.isEmpty()) {
      line.getErr().println(e.getMessage());
      line.usage(line.getErr());
    } else {
      line.getErr().println(message(e).replace("is not an int", "is no whole number"));
      CommandLine.UnmatchedArgumentException.printSuggestions(e, line.getErr());
      // A page of options would push the sentence above out of sight.
      line.getErr().printf("%s --help lists the options.%n", line.getCommandSpec().qualifiedName());
    }
    return ExitCode.USAGE.code();
  }

  private static String message(Exception e) {
    return Visible.text(e.getMessage() == null ? e.toString() : e.getMessage());
  }
}
