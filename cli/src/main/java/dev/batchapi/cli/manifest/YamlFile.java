package dev.batchapi.cli.manifest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;

/** Reads the documents of a file, or says why they can't be read. */
final class YamlFile {
  /** More than an API server takes; a file above it is data by mistake. */
  private static final int MAX_BYTES = 4 * 1024 * 1024;

  private final Path file;
  private final List<Problem> problems;

  private YamlFile(Path file, List<Problem> problems) {
    this.file = file;
    this.problems = problems;
  }

  /** The documents that are not empty; what is wrong is added to {@code problems}. */
  static List<Document> read(Path file, List<Problem> problems) {
    return new YamlFile(file, problems).documents();
  }

  private List<Document> documents() {
    int before = problems.size();
    var documents = new ArrayList<Document>();
    try {
      parse(text(), documents);
    } catch (YAMLException e) {
      noYaml(e);
    } catch (CharacterCodingException e) {
      problem(0, "is no text in UTF-8: is it the right file?");
    } catch (AccessDeniedException e) {
      problem(0, "may not be read: permission denied");
    } catch (IOException e) {
      problem(0, "cannot be read: " + e.getMessage());
    }
    if (documents.isEmpty() && problems.size() == before) {
      problem(0, "is empty: write a BatchAPI and a BatchJob into it");
    }
    return documents;
  }

  private String text() throws IOException {
    byte[] text;
    try (var in = Files.newInputStream(file)) {
      // One byte more than there may be: a pipe does not know how much will come.
      text = in.readNBytes(MAX_BYTES + 1);
    }
    if (text.length > MAX_BYTES) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "it has %s bytes, and a file of resources may have %,d; items go into --input",
              Files.isRegularFile(file) ? "%,d".formatted(Files.size(file)) : "more",
              MAX_BYTES));
    }
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
  }

  private void parse(String text, List<Document> documents) {
    var options = new LoaderOptions();
    options.setCodePointLimit(MAX_BYTES);
    options.setMaxAliasesForCollections(10_000); // YamlTree bounds what they add up to
    var composer =
        new Composer(new ParserImpl(new StreamReader(text), options), YamlTree.RESOLVER, options);
    var nodes = new YamlTree.Nodes();
    while (composer.checkNode()) {
      Node root = composer.getNode();
      if (!(root instanceof ScalarNode scalar) || !scalar.getValue().isEmpty()) {
        YamlTree.document(file, root, nodes, problems).ifPresent(documents::add);
      }
    }
  }

  private void noYaml(YAMLException e) {
    switch (e) {
      case MarkedYAMLException marked when marked.getProblemMark() != null -> {
        var mark = marked.getProblemMark();
        problem(
            mark.getLine() + 1,
            "is no YAML at column %d: %s".formatted(mark.getColumn() + 1, sentence(marked)));
      }
      case ReaderException reader ->
          problem(
              0,
              "is no YAML: character %d of it is U+%04X, which is no text; is it the right file?"
                  .formatted(reader.getPosition() + 1, reader.getCodePoint()));
      default -> problem(0, "is no YAML: " + e.getMessage());
    }
  }

  private static String sentence(MarkedYAMLException e) {
    String problem = String.valueOf(e.getProblem());
    if (problem.contains("'\\t(TAB)'")) {
      return "a line is indented by a tab; YAML takes spaces only";
    }
    return switch (problem) {
      case "mapping values are not allowed here" ->
          "a ':' that cannot stand here; check the indentation, and put text with ': ' in quotes";
      case "could not find expected ':'" -> "a key without ':' after it";
      default ->
          e.getContext() == null || e.getContextMark() == null
              ? problem
              : "%s, %s that starts in line %d"
                  .formatted(problem, e.getContext(), e.getContextMark().getLine() + 1);
    };
  }

  private void problem(int line, String message) {
    problems.add(new Problem(file, line, "", message));
  }
}
