package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody who follows the section of docs/authors.md that goes from an empty folder to a model's
 * results out of the cluster: its files, its commands, and what it shows of their output. Docker is
 * e2e/images/docker.sh, the object store a server in a pod.
 */
@ExtendWith(Cluster.class)
final class AuthorsJourneyIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern SECTION =
      Pattern.compile("^## A model over a table.*?(?=^## )", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\S+)(?: (\\S+))?\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @Test
  void whoFollowsThePageHasTheModelsResultsOutOfTheCluster() throws Exception {
    Files.createDirectory(folder.resolve("tools"));
    Files.createSymbolicLink(folder.resolve("tools/docker"), ROOT.resolve("e2e/images/docker.sh"));
    var here = Files.createDirectory(folder.resolve("here"));
    try (var user = new Team("journey");
        var s3 = new S3Server(user)) {
      s3.bucket("tables");
      var config = Files.copy(Cluster.kubeconfig(), folder.resolve("kubeconfig"));
      var env = new HashMap<>(s3.env());
      env.put("KUBECONFIG", config.toString());
      env.put("PIP_NO_COMPILE", "1"); // what is imported once need not be compiled
      run("kubectl config set-context --current --namespace=" + user.namespace(), here, env);

      follow(here, env);
    }
    var there = results(here.resolve("scored/results-00000.jsonl"));
    assertThat(there)
        .hasSize(20_000)
        .isEqualTo(results(here.resolve("scored-here/results-00000.jsonl")));
    assertThat(there.stream().map(r -> r.at("/leaves").asDouble()).filter(leaves -> leaves > 0.5))
        .hasSizeBetween(5_000, 15_000);
  }

  private void follow(Path here, Map<String, String> env) throws Exception {
    var section = SECTION.matcher(Files.readString(ROOT.resolve("docs/authors.md")));
    assertThat(section.find()).isTrue();
    var printed = "";
    for (var block : BLOCK.matcher(section.group()).results().toList()) {
      switch (block.group(1)) {
        case "sh" -> printed = run(block.group(3), here, env);
        case "text" -> {
          for (var line : block.group(3).lines().toList()) {
            assertThat(printed).containsIgnoringWhitespaces(line);
          }
        }
        default -> {
          var file = here.resolve(block.group(2));
          Files.createDirectories(file.getParent());
          Files.writeString(file, block.group(3));
        }
      }
    }
  }

  private String run(String commands, Path here, Map<String, String> env)
      throws IOException, InterruptedException {
    var out = folder.resolve("out.txt");
    var builder =
        new ProcessBuilder("bash", "-euc", commands)
            .directory(here.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().putAll(env);
    builder
        .environment()
        .merge(
            "PATH",
            folder.resolve("tools") + ":" + ROOT.resolve("bin") + ":",
            (now, ours) -> ours + now);
    var process = builder.start();
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).as(commands).isTrue();
    var printed = Files.readString(out);
    assertThat(process.exitValue()).as("%s\n%s", commands, printed).isZero();
    return printed;
  }

  private static List<JsonNode> results(Path file) throws IOException {
    return Files.readAllLines(file).stream().map(AuthorsJourneyIT::result).toList();
  }

  private static JsonNode result(String line) {
    try {
      return JSON.readTree(line).get("result");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
