package dev.batchapi.operator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What people copy works: every file of the examples, every block of YAML in a page. */
@Tag("alone")
class DocumentedFilesIT {
  private static final Path ROOT = Path.of("..");
  private static final Pattern BLOCK =
      Pattern.compile("^( *)```yaml(?: \\S+)?\\n(.*?)^ *```$", Pattern.MULTILINE | Pattern.DOTALL);

  @RegisterExtension static final TestCluster CLUSTER = new TestCluster();

  static Stream<RuleFile> examples() throws IOException {
    try (var files = Files.walk(ROOT.resolve("examples"))) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .sorted()
          .map(RuleFile::read)
          .toList()
          .stream();
    }
  }

  static Stream<RuleFile> blocks() throws IOException {
    var pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    for (String folder : List.of("docs", "examples")) {
      try (var files = Files.walk(ROOT.resolve(folder))) {
        files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
      }
    }
    var blocks = new ArrayList<RuleFile>();
    for (Path page : pages) {
      Matcher block = BLOCK.matcher(Files.readString(page));
      while (block.find()) {
        String text = block.group(2).indent(-block.group(1).length());
        blocks.add(RuleFile.parse(ROOT.relativize(page) + " from " + block.start(), text));
      }
    }
    return blocks.stream();
  }

  @ParameterizedTest
  @MethodSource({"examples", "blocks"})
  void isAccepted(RuleFile file) {
    for (var document : file.documents()) {
      assertThat(Refusal.of(() -> CLUSTER.wouldCreate(document))).isEmpty();
    }
  }
}
