package dev.batchapi.crds;

import org.jspecify.annotations.Nullable;

/** The rules of {@code spec.handler}: one language, one source, names that can be names. */
final class HandlerRules {
  private HandlerRules() {}

  static void check(HandlerSpec handler, Findings found) {
    found.require(
        (handler.python() == null) != (handler.java() == null), "spec.handler", Rules.ONE_LANGUAGE);
    if (handler.python() != null) {
      python(handler.python(), "spec.handler.python", found);
    }
    if (handler.java() != null) {
      java(handler.java(), "spec.handler.java", found);
    }
  }

  private static void python(PythonHandler python, String path, Findings found) {
    found.require(
        python.inline() != null || python.configMap() != null || python.file() != null,
        path,
        Rules.PYTHON_SOURCE);
    source(python.inline(), python.configMap(), python.file(), path, found);
    found.require(
        python.file() == null || python.file().endsWith(".py"), path + ".file", Rules.PYTHON_FILE);
    found.matches(python.className(), Syntax.PYTHON_CLASS, path + ".className", Rules.PYTHON_CLASS);
  }

  private static void java(JavaHandler java, String path, Findings found) {
    found.require(
        java.classpath() != null || java.inline() != null || java.configMap() != null,
        path,
        Rules.JAVA_SOURCE);
    source(java.inline(), java.configMap(), java.file(), path, found);
    found.require(
        java.file() == null || java.configMap() != null || java.inline() != null,
        path,
        Rules.JAVA_FILE);
    found.require(
        java.file() == null || java.file().endsWith(".java"), path + ".file", Rules.JAVA_FILE_NAME);
    found.matches(java.className(), Syntax.JAVA_CLASS, path + ".className", Rules.JAVA_CLASS);
  }

  private static void source(
      @Nullable String inline,
      @Nullable ConfigMapRef configMap,
      @Nullable String file,
      String path,
      Findings found) {
    found.require(inline == null || (configMap == null && file == null), path, Rules.INLINE_ALONE);
    if (configMap != null) {
      found.matches(file, Syntax.CONFIG_MAP_KEY, path, Rules.FILE_IS_KEY);
      found.matches(configMap.name(), Syntax.SUBDOMAIN, path + ".configMap.name", Rules.SUBDOMAIN);
    }
  }
}
