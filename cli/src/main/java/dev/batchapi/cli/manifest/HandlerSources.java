package dev.batchapi.cli.manifest;

import dev.batchapi.crds.BatchApiSpec;
import dev.batchapi.crds.HandlerSpec;
import dev.batchapi.crds.NamedSpec;
import dev.batchapi.crds.run.CodeFiles;
import dev.batchapi.runtime.host.ClassPath;
import dev.batchapi.runtime.host.Nearest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Looks for a handler's code where a run on this machine looks: in a ConfigMap, or in a folder. */
final class HandlerSources {
  private static final int LISTED = 100;

  /** A file beside one of these may be a base, which an overlay completes. */
  private static final List<String> KUSTOMIZATIONS =
      List.of("kustomization.yaml", "kustomization.yml", "Kustomization");

  private final NamedSpec<BatchApiSpec> api;
  private final Document document;
  private final List<Missing> missing = new ArrayList<>();

  HandlerSources(NamedSpec<BatchApiSpec> api, Document document) {
    this.api = api;
    this.document = document;
  }

  /**
   * What is not there.
   *
   * @param configMaps those of the files; there may be others in a cluster
   */
  List<Missing> check(List<ConfigMap> configMaps) {
    var handler = api.spec().handler();
    var configMap = CodeFiles.configMap(handler);
    if (configMap.isPresent()) {
      configMaps.stream()
          .filter(map -> map.namespace().equals(api.namespace()))
          .filter(map -> map.name().equals(configMap.get()))
          .forEach(map -> inConfigMap(Objects.requireNonNull(CodeFiles.file(handler)), map));
    } else if (Files.isRegularFile(document.file()) && CodeFiles.inline(handler).isEmpty()) {
      inFolder(handler, Objects.requireNonNull(document.file().toAbsolutePath().getParent()));
    }
    return missing;
  }

  private void inConfigMap(String file, ConfigMap configMap) {
    if (!configMap.data().containsKey(file) && !configMap.binaryKeys().contains(file)) {
      add(
          field(api.spec().handler()),
          "ConfigMap \"%s\" has no %s%s"
              .formatted(configMap.name(), file, Nearest.hint(file, configMap.data().keySet())),
          false);
    }
  }

  private void inFolder(HandlerSpec handler, Path folder) {
    if (handler.python() != null) {
      var file = Objects.requireNonNull(CodeFiles.file(handler));
      if (isMissing(folder, file)) {
        var hint = Nearest.hint(file, files(folder));
        if (api.spec().image() != null) {
          add(
              field(handler),
              "%s is not beside this file: it must be in the image; batchapi run on this machine will not find it"
                  .formatted(file),
              true);
        } else if (KUSTOMIZATIONS.stream().anyMatch(name -> Files.exists(folder.resolve(name)))) {
          add(
              field(handler),
              "there is no %s beside this file: the overlay that completes it has to name an image, or a configMap, that has it%s"
                  .formatted(file, hint),
              true);
        } else {
          add(field(handler), "there is no %s beside this file%s".formatted(file, hint), false);
        }
      }
    } else if (handler.java() != null && handler.java().classpath() != null) {
      var entries = handler.java().classpath();
      for (var i = 0; i < entries.size(); i++) {
        if (!entries.get(i).contains("*") && isMissing(folder, entries.get(i))) {
          add(
              Document.entry("spec.handler.java.classpath", i),
              "%s is not beside this file, and must be in the image%s"
                  .formatted(entries.get(i), ClassPath.buildHint(entries.get(i))),
              true);
        }
      }
    }
  }

  /** An absolute path is one of the image; who runs it here is told by the host. */
  private static boolean isMissing(Path folder, String file) {
    try {
      var path = Path.of(file);
      return !path.isAbsolute() && !Files.exists(folder.resolve(path));
    } catch (InvalidPathException e) {
      return true;
    }
  }

  private static Collection<String> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .limit(LISTED)
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(".py"))
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static String field(HandlerSpec handler) {
    return handler.python() != null ? "spec.handler.python.file" : "spec.handler.java.file";
  }

  private void add(String path, String message, boolean mayBeElsewhere) {
    missing.add(new Missing(document.problem(path, message), mayBeElsewhere));
  }
}
