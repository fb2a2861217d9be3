package dev.batchapi.runtime.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** Handlers of the tests. */
final class Sources {
  static final String IMPORTS =
      """
      import com.fasterxml.jackson.annotation.*;
      import com.fasterxml.jackson.databind.JsonNode;
      import dev.batchapi.handler.*;
      import java.util.*;
      """;

  private Sources() {}

  /** A handler of items of this type whose {@code handleBatch} has this body. */
  static String handler(String items, String body) {
    return handler(items, body, "");
  }

  /** The same with further members. */
  static String handler(String items, String body, String members) {
    return IMPORTS
        + """
        public class Handler implements BatchHandler<%s, Object> {
          %s
          @Override public Object handleBatch(List<%s> payload, BatchContext batch) throws Exception {
            %s
          }
        }
        """
            .formatted(items, members, items, body);
  }

  /** Compiles a source and puts it into a jar. */
  static Path jar(Path jar, String source, List<Path> classPath) throws Exception {
    Path folder = Files.createTempDirectory(jar.toAbsolutePath().getParent(), "src");
    Path file = Files.writeString(folder.resolve("Source.java"), source);
    ClassPath path = new ClassPath(classPath);
    boolean ownJackson;
    try (AuthorLoader loader = new AuthorLoader(path)) {
      ownJackson = loader.ownJackson();
    }
    Map<String, byte[]> classes = SourceCompiler.compile(List.of(file), path, !ownJackson);
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (Map.Entry<String, byte[]> type : classes.entrySet()) {
        add(out, type.getKey().replace('.', '/') + ".class", type.getValue());
      }
    }
    return jar;
  }

  private static void add(JarOutputStream out, String name, byte[] content) throws IOException {
    out.putNextEntry(new JarEntry(name));
    out.write(content);
    out.closeEntry();
  }
}
