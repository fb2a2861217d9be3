package dev.batchapi.crds.run;

import dev.batchapi.crds.HandlerSpec;
import dev.batchapi.crds.JavaHandler;
import dev.batchapi.crds.PythonHandler;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The code folder of a run: a folder with the author's source, from inline text or from a
 * ConfigMap, every key of which is a file. A handler that is in the image has none.
 */
public final class CodeFiles {
  private static final String PYTHON_FILE = "handler.py";

  private CodeFiles() {}

  /** Name of the ConfigMap with the source, if that is where it is. */
  public static Optional<String> configMap(HandlerSpec handler) {
    var ref =
        handler.python() != null
            ? handler.python().configMap()
            : handler.java() != null ? handler.java().configMap() : null;
    return Optional.ofNullable(ref).map(r -> r.name());
  }

  /** Source by file name, if it is inline: {@code handler.py}, or the Java class's own file. */
  public static Map<String, String> inline(HandlerSpec handler) {
    if (handler.python() != null && handler.python().inline() != null) {
      return Map.of(PYTHON_FILE, handler.python().inline());
    }
    if (handler.java() != null && handler.java().inline() != null) {
      return Map.of(javaFile(className(handler.java())), handler.java().inline());
    }
    return Map.of();
  }

  /** Whether the handler's file is in the code folder, and not in the image. */
  static boolean inCodeFolder(HandlerSpec handler) {
    return configMap(handler).isPresent() || !inline(handler).isEmpty();
  }

  /** The file with the class: in the code folder, or a path in the image; null for Java classes. */
  public static @Nullable String file(HandlerSpec handler) {
    if (handler.python() != null) {
      return handler.python().file() != null ? handler.python().file() : PYTHON_FILE;
    }
    JavaHandler java = handler.java();
    if (java == null || !inCodeFolder(handler)) {
      return null;
    }
    return java.file() != null ? java.file() : javaFile(className(java));
  }

  static String className(JavaHandler java) {
    return java.className() != null ? java.className() : "Handler";
  }

  static String className(PythonHandler python) {
    return python.className() != null ? python.className() : "Handler";
  }

  /** {@code com.acme.Tagger} and its nested {@code com.acme.Tagger$Fast} are in Tagger.java. */
  private static String javaFile(String className) {
    String simple = className.substring(className.lastIndexOf('.') + 1);
    int nested = simple.indexOf('$', 1);
    return (nested < 0 ? simple : simple.substring(0, nested)) + ".java";
  }
}
