package dev.batchapi.cli.validate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.batchapi.cli.ExitCode;
import dev.batchapi.cli.cluster.ClusterException;
import dev.batchapi.cli.cluster.ClusterOptions;
import dev.batchapi.cli.manifest.Located;
import dev.batchapi.cli.manifest.ManifestException;
import dev.batchapi.cli.manifest.Manifests;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code batchapi validate}. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description = {
      "Checks files as `batchapi run` and a cluster do, and says everything that is wrong at once.",
      "Nothing runs, and nothing is changed."
    },
    exitCodeOnInvalidInput = 64,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the files are right",
      "1:the cluster can't be asked",
      "64:something is wrong; a line for each, with file, line and field"
    })
public final class ValidateCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "YAML files, or folders of them; \"-\" is standard input.")
  private List<Path> files = List.of();

  @Option(
      names = "--server",
      description =
          "Ask the cluster of kubectl's configuration, too: its admission says whether it would take the "
              + "objects (a server-side dry run).")
  private boolean server;

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Spec private @Nullable CommandSpec command;

  @Override
  public Integer call() {
    var console = Objects.requireNonNull(command).commandLine();
    try {
      var manifests = Manifests.load(files);
      manifests.skipped().forEach(console.getErr()::println);
      var documents = manifests.documents();
      var refused = new ArrayList<String>();
      for (var code : manifests.missing()) {
        if (code.mayBeElsewhere()) {
          console.getErr().println(code.problem());
        } else {
          refused.add(code.problem().toString());
        }
      }
      if (server) {
        refused.addAll(refused(documents));
      }
      refused.forEach(console.getErr()::println);
      if (refused.isEmpty()) {
        console.getOut().println(good(documents));
      }
      return (refused.isEmpty() ? ExitCode.SUCCEEDED : ExitCode.USAGE).code();
    } catch (ManifestException e) {
      e.problems().forEach(console.getErr()::println);
      return ExitCode.USAGE.code();
    } catch (ClusterException e) {
      console.getErr().println("batchapi: " + e.getMessage());
      return ExitCode.UNEXPECTED.code();
    }
  }

  private List<String> refused(List<Located<JsonNode>> documents) throws ClusterException {
    var refused = new ArrayList<String>();
    try (var open = cluster.open()) {
      for (var document : documents) {
        open.refusal(document.value())
            .ifPresent(
                why ->
                    refused.add(
                        "%s:%d: the cluster refuses %s in namespace \"%s\": %s"
                            .formatted(
                                document.file(),
                                document.line(),
                                name(document.value()),
                                open.namespaceOf(document.value()),
                                why)));
      }
    }
    return refused;
  }

  private static String name(JsonNode document) {
    return document.path("kind").asText()
        + " "
        + document.at("/metadata/name").asText(document.at("/metadata/generateName").asText());
  }

  private String good(List<Located<JsonNode>> documents) {
    var names = documents.stream().map(document -> name(document.value())).toList();
    return "%s %s right%s: %s"
        .formatted(
            names.size() == 1 ? "1 resource" : names.size() + " resources",
            names.size() == 1 ? "is" : "are",
            server ? ", and the cluster would take " + (names.size() == 1 ? "it" : "them") : "",
            String.join(", ", names));
  }
}
