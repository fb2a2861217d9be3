package dev.batchapi.cli.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.batchapi.cli.ExitCode;
import dev.batchapi.cli.cluster.Cluster;
import dev.batchapi.cli.cluster.ClusterException;
import dev.batchapi.cli.cluster.ClusterOptions;
import dev.batchapi.cli.manifest.ManifestException;
import dev.batchapi.cli.manifest.Manifests;
import dev.batchapi.crds.run.CodeFiles;
import dev.batchapi.runtime.host.Nearest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code batchapi deploy}. */
@Command(
    name = "deploy",
    mixinStandardHelpOptions = true,
    description = {
      "Puts a folder's code into a ConfigMap, applies its BatchAPI, and follows until jobs can run.",
      "What has not changed is not touched. No job is run."
    },
    exitCodeOnInvalidInput = 64,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:jobs of the BatchAPI can run",
      "1:the cluster can't be asked, or refuses, or no operator has answered in time",
      "3:it is applied, but not ready: the operator's reason is printed",
      "64:something in the folder is wrong, or it needs an image; nothing is applied"
    })
public final class DeployCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "The folder with batchapi.yaml and the code.")
  private Path folder = Path.of(".");

  @Mixin private ClusterOptions options = new ClusterOptions();

  @Option(
      names = "--force",
      description = "Take over fields that somebody else has set, as with kubectl edit.")
  private boolean force;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long to wait for the operator's word. Default: ${DEFAULT-VALUE}.")
  private int timeout = 60;

  @Spec private @Nullable CommandSpec command;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var console = Objects.requireNonNull(command).commandLine();
    var err = console.getErr();
    try {
      return deploy(console.getOut(), err).code();
    } catch (ManifestException e) {
      e.problems().forEach(err::println);
      return ExitCode.USAGE.code();
    } catch (CodeFolderException e) {
      e.problems().forEach(err::println);
      return ExitCode.USAGE.code();
    } catch (ClusterException e) {
      err.println("batchapi: " + e.getMessage());
      return ExitCode.UNEXPECTED.code();
    }
  }

  private ExitCode deploy(PrintWriter out, PrintWriter err)
      throws IOException,
          InterruptedException,
          ManifestException,
          CodeFolderException,
          ClusterException {
    if (!Files.isDirectory(folder)) {
      err.printf("batchapi: %s is no folder: name the one with batchapi.yaml.%n", folder);
      return ExitCode.USAGE;
    }
    var manifests = Manifests.load(List.of(folder));
    var apis = apis(manifests, err);
    if (apis.size() != 1) {
      err.printf(
          "batchapi: %s has %d BatchAPIs in its YAML files: a folder to deploy has one.%n",
          folder, apis.size());
      return ExitCode.USAGE;
    }
    var api = apis.getFirst();
    var image = Deployment.image(folder, api);
    if (image.isPresent() || Deployment.isCompiled(api)) {
      manifests.missing().forEach(code -> err.println(code.problem()));
    }
    if (image.isPresent()) {
      err.println(image.get());
      return ExitCode.USAGE;
    }
    if (Deployment.isCompiled(api)) {
      err.printf(
          "batchapi: the handler is compiled Java, which a ConfigMap does not hold: put a Dockerfile beside %s, and deploy says how to go on.%n",
          folder.resolve("batchapi.yaml"));
      return ExitCode.USAGE;
    }
    var configMap = Deployment.configMap(api);
    var files = configMap.isEmpty() ? Map.<String, String>of() : ConfigMapCode.of(folder);
    var handler = CodeFiles.file(manifests.apis().getFirst().value().spec().handler());
    if (configMap.isPresent() && handler != null && !files.containsKey(handler)) {
      err.printf(
          "batchapi: %s has no %s, the file with the handler's class%s%n",
          folder, handler, Nearest.hint(handler, files.keySet()));
      return ExitCode.USAGE;
    }
    var deployment =
        configMap.isEmpty()
            ? new Deployment(api.deepCopy(), null)
            : Deployment.of(api, configMap.get(), files);
    try (var cluster = options.open()) {
      return apply(deployment, cluster, out, err);
    }
  }

  private ExitCode apply(Deployment deployment, Cluster cluster, PrintWriter out, PrintWriter err)
      throws ClusterException, InterruptedException {
    if (deployment.code() != null) {
      tell(out, deployment.code(), cluster.apply(deployment.code(), force));
    }
    var applied = cluster.apply(deployment.api(), force);
    tell(out, deployment.api(), applied);
    out.flush();
    var word = new Following(cluster, Duration.ofSeconds(timeout)).follow(applied.json());
    var name = deployment.api().at("/metadata/name").asText();
    if (word.isEmpty()) {
      err.printf(
          "batchapi: no operator has looked at BatchAPI %s within %d s: does it run, and does it watch namespace \"%s\"?%n",
          name, timeout, cluster.namespaceOf(deployment.api()));
      return ExitCode.UNEXPECTED;
    }
    if (!word.get().ready()) {
      err.printf("BatchAPI %s is not ready: %s%n", name, word.get().text());
      return ExitCode.HANDLER_INVALID;
    }
    out.printf("BatchAPI %s is ready: jobs can run.%n", name);
    return ExitCode.SUCCEEDED;
  }

  private static void tell(PrintWriter out, JsonNode object, Cluster.Applied applied) {
    out.printf(
        "%s %s %s%n",
        object.path("kind").asText(),
        object.at("/metadata/name").asText(),
        applied.changed() ? "applied" : "unchanged");
  }

  /** The BatchAPIs as they are written; of whatever else there is a word is said. */
  private static List<JsonNode> apis(Manifests manifests, PrintWriter err) {
    for (var document : manifests.documents()) {
      if (!document.value().path("kind").asText().equals("BatchAPI")) {
        err.printf(
            "%s:%d: %s %s is left alone: deploy applies the BatchAPI and its code; kubectl apply does the rest.%n",
            document.file(),
            document.line(),
            document.value().path("kind").asText(),
            document.value().at("/metadata/name").asText());
      }
    }
    return manifests.documents().stream()
        .map(document -> document.value())
        .filter(value -> value.path("kind").asText().equals("BatchAPI"))
        .toList();
  }
}
