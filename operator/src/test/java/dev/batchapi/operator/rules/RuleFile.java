package dev.batchapi.operator.rules;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A file of examples: its documents, and what an API server is expected to say of them in comments,
 * as {@code # expect: path: message}.
 */
record RuleFile(String name, List<GenericKubernetesResource> documents, List<String> expected) {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final String EXPECT = "# expect: ";

  /** Those of the definitions' own tests, which check the same without a server, and ours. */
  private static final List<Path> FOLDERS =
      List.of(
          Path.of("../crds/src/test/resources/manifests"),
          Path.of("src/test/resources/dev/batchapi/operator/rules"));

  static Stream<RuleFile> all(String kind) {
    return FOLDERS.stream().flatMap(folder -> list(folder.resolve(kind)).stream());
  }

  private static List<RuleFile> list(Path folder) {
    try (var files = Files.list(folder)) {
      return files.sorted().map(RuleFile::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RuleFile read(Path file) {
    try {
      return parse(file.getFileName().toString(), Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RuleFile parse(String name, String text) throws IOException {
    try (var documents =
        YAML.readerFor(GenericKubernetesResource.class)
            .<GenericKubernetesResource>readValues(text)) {
      var expected =
          text.lines()
              .filter(line -> line.startsWith(EXPECT))
              .map(line -> line.substring(EXPECT.length()))
              .toList();
      return new RuleFile(name, documents.readAll(), expected);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
