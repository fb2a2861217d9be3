package dev.batchapi.cli.run;

import dev.batchapi.cli.manifest.ConfigMap;
import dev.batchapi.crds.HandlerSpec;
import dev.batchapi.crds.run.CodeFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The folder that a host gets as {@code --code}: the source from the file or from a ConfigMap,
 * written to a temporary folder; or the folder of the file itself for a handler that would be in
 * the image.
 *
 * @param path the folder
 * @param temporary whether it is deleted in the end
 */
record CodeFolder(Path path, boolean temporary) implements AutoCloseable {

  /**
   * Makes the folder.
   *
   * @param configMaps the ConfigMaps of the files by name
   * @param base the folder of the file that holds the BatchAPI
   * @throws UsageException if the source is not to be found
   */
  static CodeFolder of(
      HandlerSpec handler, Function<String, Optional<ConfigMap>> configMaps, Path base)
      throws IOException {
    var inline = CodeFiles.inline(handler);
    var configMap = CodeFiles.configMap(handler);
    if (inline.isEmpty() && configMap.isEmpty()) {
      return new CodeFolder(base, false);
    }
    var files =
        configMap
            .map(name -> sources(configMaps.apply(name).orElseThrow(() -> missing(name))))
            .orElse(inline);
    var folder = new CodeFolder(Files.createTempDirectory("batchapi-code"), true);
    for (var file : files.entrySet()) {
      Files.writeString(folder.path.resolve(file.getKey()), file.getValue());
    }
    return folder;
  }

  private static Map<String, String> sources(ConfigMap configMap) {
    for (var key : configMap.binaryKeys()) {
      if (key.endsWith(".py") || key.endsWith(".java")) {
        throw new UsageException(
            "ConfigMap \"%s\", key \"%s\", is binary: it stands under binaryData, where kubectl puts a file that is not UTF-8 text. Save the file as UTF-8 and make the ConfigMap of it again."
                .formatted(configMap.name(), key));
      }
    }
    return configMap.data();
  }

  private static UsageException missing(String name) {
    return new UsageException(
        "ConfigMap \"%s\" with the handler's code is not in the files: name the file that holds it too."
            .formatted(name));
  }

  @Override
  public void close() throws IOException {
    if (!temporary) {
      return;
    }
    try (var files = Files.walk(path)) {
      files.sorted(Comparator.reverseOrder()).forEach(CodeFolder::delete);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
