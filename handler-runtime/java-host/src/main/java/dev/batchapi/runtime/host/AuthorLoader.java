package dev.batchapi.runtime.host;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Loads the author's classes. They see the JDK, the handler API and their own class path; our
 * Jackson only if theirs has no jackson-databind.
 */
final class AuthorLoader extends URLClassLoader {
  private static final String API = "dev.batchapi.handler.";
  private static final List<String> JACKSON =
      List.of(
          "com.fasterxml.jackson.annotation.",
          "com.fasterxml.jackson.core.",
          "com.fasterxml.jackson.databind.");
  private static final String DATABIND = "com/fasterxml/jackson/databind/ObjectMapper.class";

  static {
    registerAsParallelCapable();
  }

  private final ClassLoader ours;
  private volatile Map<String, byte[]> compiled = Map.of();
  private final boolean ownJackson;

  AuthorLoader(ClassPath classPath) {
    super(urls(classPath), ClassLoader.getPlatformClassLoader());
    this.ours = AuthorLoader.class.getClassLoader();
    this.ownJackson = findResource(DATABIND) != null;
  }

  /** Whether the author brings jackson-databind. */
  boolean ownJackson() {
    return ownJackson;
  }

  /** Adds byte code by class name; it goes before the class path. */
  void add(Map<String, byte[]> classes) {
    compiled = Map.copyOf(classes);
  }

  /** What {@link #add} added. */
  Map<String, byte[]> compiled() {
    return compiled;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    return isShared(name) ? ours.loadClass(name) : super.loadClass(name, resolve);
  }

  private boolean isShared(String name) {
    return name.startsWith(API)
        || (!ownJackson
            && name.startsWith("com.fasterxml.jackson.")
            && JACKSON.stream().anyMatch(name::startsWith));
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] code = compiled.get(name);
    return code == null ? super.findClass(name) : defineClass(name, code, 0, code.length);
  }

  private static URL[] urls(ClassPath classPath) {
    return classPath.entries().stream().map(AuthorLoader::url).toArray(URL[]::new);
  }

  private static URL url(Path path) {
    try {
      return path.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException(path + " has no URL", e);
    }
  }

  /** The class with this name, if it can be found; {@code A.B} may be a class within {@code A}. */
  @Nullable Class<?> find(String name) {
    for (String binary = name; ; ) {
      try {
        return Class.forName(binary, false, this);
      } catch (ClassNotFoundException e) {
        int dot = binary.lastIndexOf('.');
        if (dot < 0) {
          return null;
        }
        binary = binary.substring(0, dot) + "$" + binary.substring(dot + 1);
      }
    }
  }
}
