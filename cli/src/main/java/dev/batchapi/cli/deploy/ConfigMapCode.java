package dev.batchapi.cli.deploy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A folder's code as a ConfigMap holds it: text by file name, in one folder. What can't be held so
 * is refused, and never left out in silence.
 */
final class ConfigMapCode {
  /** Kubernetes' own limit for all keys and values of a ConfigMap together. */
  static final int MAX_BYTES = 1024 * 1024;

  private static final String IMAGE =
      "such things belong into an image (a Dockerfile beside batchapi.yaml), or the file into "
          + IgnoreFile.NAME;

  private final Path folder;
  private final IgnoreFile ignored;
  private final SortedMap<String, String> files = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();
  private long bytes;

  private ConfigMapCode(Path folder, IgnoreFile ignored) {
    this.folder = folder;
    this.ignored = ignored;
  }

  /**
   * Reads them.
   *
   * @throws CodeFolderException with everything that can't be held
   * @throws IOException if the folder can't be read
   */
  static Map<String, String> of(Path folder) throws IOException, CodeFolderException {
    var code = new ConfigMapCode(folder, IgnoreFile.of(folder));
    Files.walkFileTree(folder, code.new Visitor());
    if (code.bytes > MAX_BYTES) {
      code.problems.add(
          "%s: its files have %,d bytes, and a ConfigMap holds %,d: %s."
              .formatted(folder, code.bytes, MAX_BYTES, IMAGE));
    }
    if (!code.problems.isEmpty()) {
      throw new CodeFolderException(code.problems);
    }
    return code.files;
  }

  private final class Visitor extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
      return !dir.equals(folder) && ignored.ignores(folder.relativize(dir))
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (!ignored.ignores(folder.relativize(file))) {
        add(file, attributes);
      }
      return FileVisitResult.CONTINUE;
    }
  }

  private void add(Path file, BasicFileAttributes attributes) throws IOException {
    var name = folder.relativize(file).toString();
    if (attributes.isSymbolicLink() && isOutside(file)) {
      problems.add(
          "%s: is a link to what is not in this folder: copy the file, or %s."
              .formatted(file, IMAGE));
    } else if (!Files.isRegularFile(file)) {
      problems.add("%s: is no file: %s.".formatted(file, IMAGE));
    } else if (name.contains("/")) {
      problems.add(
          "%s: a ConfigMap holds no folders: move the file beside the handler; %s."
              .formatted(file, IMAGE));
    } else if (!name.matches("[-._a-zA-Z0-9]+")) {
      problems.add(
          "%s: in a ConfigMap names have letters, digits, '-', '_' and '.' only: rename the file."
              .formatted(file));
    } else {
      read(file, name);
    }
  }

  private boolean isOutside(Path link) throws IOException {
    return !Files.exists(link) || !link.toRealPath().startsWith(folder.toRealPath());
  }

  private void read(Path file, String name) throws IOException {
    var size = Files.size(file);
    bytes += size + name.length();
    if (size > MAX_BYTES) {
      return; // The sum says it.
    }
    var content = Files.readAllBytes(file);
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
      if (text.indexOf('\0') < 0) {
        files.put(name, text);
        return;
      }
    } catch (CharacterCodingException e) {
      // Said below.
    }
    problems.add("%s: is no text in UTF-8, and code is text: %s.".formatted(file, IMAGE));
  }
}
