package dev.batchapi.cli.validate;

import dev.batchapi.cli.ExitCode;
import dev.batchapi.cli.manifest.KindSchemas;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code batchapi schema}. */
@Command(
    name = "schema",
    mixinStandardHelpOptions = true,
    description = {
      "Prints a JSON schema for editors and for checks of YAML: of one kind, or of files with both.",
      "An editor with the YAML language server uses it after a first line such as",
      "# yaml-language-server: $$schema=batchapi.schema.json"
    },
    exitCodeOnInvalidInput = 64)
public final class SchemaCommand implements Callable<Integer> {
  @Parameters(arity = "0..1", paramLabel = "BatchAPI|BatchJob", description = "The kind.")
  private @Nullable String kind;

  @Spec private @Nullable CommandSpec command;

  @Override
  public Integer call() {
    var console = Objects.requireNonNull(command).commandLine();
    if (kind != null && !KindSchemas.kinds().contains(kind)) {
      console
          .getErr()
          .printf(
              "batchapi: there is no kind \"%s\"; there are: %s.%n",
              kind, String.join(", ", KindSchemas.kinds()));
      return ExitCode.USAGE.code();
    }
    console.getOut().print(kind == null ? KindSchemas.ofFile() : KindSchemas.of(kind));
    console.getOut().flush();
    return ExitCode.SUCCEEDED.code();
  }
}
