package dev.batchapi.cli.init;

import dev.batchapi.cli.ExitCode;
import dev.batchapi.cli.manifest.KindSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code batchapi init}. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a folder with a handler that runs: batchapi.yaml, the handler, a test and a README.",
      "Nothing that is in the folder already is touched: it must be new or empty."
    },
    exitCodeOnInvalidInput = 64,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:the folder is made", "64:the folder is not empty, or can't be made"})
public final class InitCommand implements Callable<Integer> {
  /** For editors; beside the YAML file, so that it needs no network and is of this version. */
  private static final String SCHEMA = "batchapi.schema.json";

  private static final String MODELINE = "# yaml-language-server: $schema=" + SCHEMA + "\n";

  /** The languages, by the names that a person types. */
  enum Language {
    python("batchapi run %s"),
    java("mvn -q package -f %s && batchapi run %<s");

    private final String next;

    Language(String next) {
      this.next = next;
    }
  }

  @Parameters(index = "0", paramLabel = "python|java", description = "The handler's language.")
  private @Nullable Language language;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "DIR",
      description = "The folder; its name becomes the BatchAPI's. Default: this one.",
      defaultValue = ".")
  private Path folder = Path.of(".");

  @Spec private @Nullable CommandSpec command;

  @Override
  public Integer call() throws IOException {
    var chosen = Objects.requireNonNull(language);
    var console = Objects.requireNonNull(command).commandLine();
    var refusal = refusal();
    if (refusal != null) {
      console.getErr().println("batchapi: " + refusal);
      return ExitCode.USAGE.code();
    }
    var home = Path.of(System.getProperty("batchapi.home", "."));
    var template = home.resolve("templates").resolve(chosen.name().toLowerCase(Locale.ROOT));
    Template.of(template).copy(folder, Template.nameOf(folder));
    var yaml = folder.resolve("batchapi.yaml");
    Files.writeString(yaml, MODELINE + Files.readString(yaml));
    Files.writeString(folder.resolve(SCHEMA), KindSchemas.ofFile());
    console
        .getOut()
        .printf("Made %s. Run it: %s%n", shown(), chosen.next.formatted(quoted(shown())));
    return ExitCode.SUCCEEDED.code();
  }

  private @Nullable String refusal() throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      return "%s is a file: name a folder that is new or empty.".formatted(folder);
    }
    if (Files.isDirectory(folder)) {
      try (var entries = Files.list(folder)) {
        // A fresh clone has a .git.
        var there = entries.filter(e -> !e.endsWith(".git")).sorted().findFirst();
        if (there.isPresent()) {
          return "%s is not empty (it has %s): name a folder that is new or empty."
              .formatted(shown(), there.get().getFileName());
        }
      }
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      return "%s can't be made: %s".formatted(folder, e);
    }
    return Files.isWritable(folder) ? null : "%s can't be written to.".formatted(shown());
  }

  /** As a shell takes it. */
  private static String quoted(String path) {
    return path.matches("[\\w./~-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
  }

  private String shown() {
    return folder.toString().isEmpty() ? "." : folder.toString();
  }
}
