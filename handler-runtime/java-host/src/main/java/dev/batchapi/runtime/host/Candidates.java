package dev.batchapi.runtime.host;

import dev.batchapi.handler.BatchHandler;
import dev.batchapi.handler.ItemHandler;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * What the author may have meant by a class that is not there, or is no handler. Reads class files
 * without loading them, and no more of them than a class path that a person wrote by hand has.
 */
final class Candidates {
  private static final int MOST = 20_000;
  private static final String CLASS = ".class";
  private static final Set<String> HANDLERS =
      Set.of(
          BatchHandler.class.getName().replace('.', '/'),
          ItemHandler.class.getName().replace('.', '/'));

  /** Whether it says that it is a handler, by class name. */
  private final Map<String, Boolean> classes = new TreeMap<>();

  private Candidates(Map<String, byte[]> compiled, ClassPath classPath) {
    compiled.forEach(this::add);
    for (Path entry : classPath.entries()) {
      try {
        if (Files.isDirectory(entry)) {
          readFolder(entry);
        } else {
          readJar(entry);
        }
      } catch (IOException | IllegalArgumentException e) {
        // A hint is not worth an error.
      }
    }
  }

  /** The end of a sentence that says that this class is missing. */
  static String hint(String className, Map<String, byte[]> compiled, ClassPath classPath) {
    Candidates found = new Candidates(compiled, classPath);
    if (found.classes.isEmpty()) {
      return ", which has no classes at all";
    }
    Optional<String> elsewhere =
        found.classes.keySet().stream()
            .filter(name -> simple(name).equals(simple(className)))
            .findFirst();
    if (elsewhere.isPresent()) {
      return "; did you mean " + elsewhere.get() + "?";
    }
    List<String> handlers = found.handlers();
    return Nearest.hint(className, handlers.isEmpty() ? found.classes.keySet() : handlers);
  }

  /** The end of a sentence that says that a class is no handler. */
  static String among(Map<String, byte[]> compiled, ClassPath classPath) {
    List<String> handlers = new Candidates(compiled, classPath).handlers();
    return handlers.isEmpty() ? "" : "; this does: " + String.join(", ", new TreeSet<>(handlers));
  }

  private List<String> handlers() {
    List<String> handlers = new ArrayList<>();
    classes.forEach(
        (name, isHandler) -> {
          if (isHandler) {
            handlers.add(name);
          }
        });
    return handlers;
  }

  private static String simple(String className) {
    return className.substring(className.lastIndexOf('.') + 1);
  }

  private void readFolder(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder, 20)) {
      for (Path file : (Iterable<Path>) files.limit(MOST)::iterator) {
        String name = folder.relativize(file).toString();
        if (name.endsWith(CLASS)) {
          add(className(name), Files.readAllBytes(file));
        }
      }
    }
  }

  private void readJar(Path file) throws IOException {
    try (JarFile jar = new JarFile(file.toFile())) {
      for (JarEntry entry : (Iterable<JarEntry>) jar.stream().limit(MOST)::iterator) {
        if (entry.getName().endsWith(CLASS) && !entry.getName().startsWith("META-INF/")) {
          try (InputStream code = jar.getInputStream(entry)) {
            add(className(entry.getName()), code.readAllBytes());
          }
        }
      }
    }
  }

  private static String className(String file) {
    return file.substring(0, file.length() - CLASS.length()).replace('/', '.');
  }

  private void add(String name, byte[] code) {
    if (!name.endsWith("-info") && !name.matches(".*\\$\\d+.*")) {
      classes.putIfAbsent(name, isHandler(code));
    }
  }

  private static boolean isHandler(byte[] code) {
    try {
      ClassModel model = ClassFile.of().parse(code);
      return model.interfaces().stream().anyMatch(type -> HANDLERS.contains(type.asInternalName()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
