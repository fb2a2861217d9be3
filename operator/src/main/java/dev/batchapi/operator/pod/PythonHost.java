package dev.batchapi.operator.pod;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The Python host, which is mounted into the author's image. All jobs of a namespace share one
 * ConfigMap of it; its name changes with its content, so an upgrade of the operator changes nothing
 * for jobs that were accepted before.
 *
 * @param start the program that a pod's command holds: it checks the files, and starts from them
 * @param files the text of the others by name
 */
public record PythonHost(String start, Map<String, String> files) {
  private static final String START = "batchapi_start.py";

  public PythonHost {
    files = Map.copyOf(files);
  }

  /**
   * Reads the Python files of a folder.
   *
   * @throws IllegalArgumentException naming the folder, if it is not there or holds no host
   */
  public static PythonHost read(Path folder) {
    SortedMap<String, String> files = new TreeMap<>();
    try (var modules = Files.newDirectoryStream(folder, "*.py")) {
      for (var module : modules) {
        files.put(String.valueOf(module.getFileName()), Files.readString(module));
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "The Python host cannot be read from %s: %s. Set BATCHAPI_PYTHON_HOST to the folder with its files."
              .formatted(folder, e),
          e);
    }
    var start = files.remove(START);
    if (start == null) {
      throw new IllegalArgumentException(
          "%s has no %s. Set BATCHAPI_PYTHON_HOST to the folder with the Python host's files."
              .formatted(folder, START));
    }
    return new PythonHost(start, files);
  }

  /** Its ConfigMap in every namespace, and what that must hold. */
  public FrozenFiles frozen() {
    var digest = Digest.hex(files);
    return new FrozenFiles("batchapi-python-host-" + Digest.shortened(digest), digest);
  }

  /** Its ConfigMap. It has no owner: jobs that come later use it too. */
  public ConfigMap configMap(String namespace) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(frozen().configMap())
        .withNamespace(namespace)
        .addToLabels("app.kubernetes.io/name", "batchapi")
        .addToLabels("app.kubernetes.io/component", "python-host")
        .addToLabels(Labels.MANAGED_BY, Labels.OPERATOR)
        .endMetadata()
        .withImmutable(true)
        .withData(new TreeMap<>(files))
        .build();
  }
}
