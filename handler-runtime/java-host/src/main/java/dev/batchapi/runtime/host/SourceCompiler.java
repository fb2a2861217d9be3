package dev.batchapi.runtime.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.handler.BatchHandler;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles the author's sources in memory. */
final class SourceCompiler {
  private SourceCompiler() {}

  /**
   * Compiles them together.
   *
   * @param sources {@code .java} files; each may hold classes of any name
   * @param classPath what they may use besides the JDK and the handler API
   * @param withJackson whether they may use our Jackson
   * @return byte code by class name
   * @throws HandlerInvalidException with file, line and what the compiler says
   */
  static Map<String, byte[]> compile(List<Path> sources, ClassPath classPath, boolean withJackson)
      throws HandlerInvalidException {
    if (ModuleLayer.boot().findModule("jdk.compiler").isEmpty()) {
      throw new HandlerInvalidException(
          "%s can't be compiled: the Java in this image has no compiler (module jdk.compiler); use an image with a JDK, or compile it to a jar and name that in classpath"
              .formatted(sources.getFirst().getFileName()));
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    var diagnostics = new DiagnosticCollector<JavaFileObject>();
    var said = new StringWriter();
    try (var files =
        new CompiledClasses(compiler.getStandardFileManager(diagnostics, Locale.ROOT, UTF_8))) {
      boolean compiled =
          compiler
              .getTask(
                  said, files, diagnostics, options(classPath, withJackson), null, read(sources))
              .call();
      if (!compiled) {
        throw new HandlerInvalidException(CompileErrors.describe(diagnostics.getDiagnostics()));
      }
      return files.byName();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      throw new HandlerInvalidException(
          "%s can't be compiled: the compiler itself failed: %s"
              .formatted(sources.getFirst().getFileName(), e));
    }
  }

  private static List<String> options(ClassPath classPath, boolean withJackson)
      throws HandlerInvalidException {
    Set<Path> visible = new LinkedHashSet<>(classPath.entries());
    // Named one by one: javac would read the list of each jar of ours.
    visible.add(home(BatchHandler.class));
    if (withJackson) {
      for (Class<?> jackson : List.of(JsonProperty.class, JsonFactory.class, ObjectMapper.class)) {
        visible.add(home(jackson));
      }
    }
    return List.of(
        "-proc:none",
        "-nowarn",
        "-Xlint:none",
        "-g",
        "-parameters",
        "-implicit:none",
        "-sourcepath",
        "",
        "-classpath",
        String.join(File.pathSeparator, visible.stream().map(Path::toString).toList()));
  }

  private static Path home(Class<?> type) throws HandlerInvalidException {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    URL location = source == null ? null : source.getLocation();
    if (location == null) {
      throw new HandlerInvalidException("this runtime is broken: " + type + " has no jar");
    }
    try {
      return Path.of(location.toURI());
    } catch (URISyntaxException e) {
      throw new HandlerInvalidException("this runtime is broken: " + e.getMessage());
    }
  }

  private static List<JavaFileObject> read(List<Path> sources) throws HandlerInvalidException {
    List<JavaFileObject> read = new ArrayList<>();
    for (Path source : sources) {
      try {
        String text = Files.readString(source);
        // A byte order mark is no part of the source, whatever wrote it there.
        read.add(new Source(source, text.startsWith("\uFEFF") ? text.substring(1) : text));
      } catch (IOException e) {
        throw new HandlerInvalidException(
            "%s can't be read as UTF-8 text: %s".formatted(source.getFileName(), e.getMessage()));
      }
    }
    return read;
  }

  /** A file whose name needn't be that of its public class: a ConfigMap's key is just a key. */
  static final class Source extends SimpleJavaFileObject {
    private final String text;

    private Source(Path file, String text) {
      super(nameOnly(file), Kind.SOURCE);
      this.text = text;
    }

    private static URI nameOnly(Path file) {
      try {
        return new URI("string", null, "/" + file.getFileName(), null);
      } catch (URISyntaxException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }

    @Override
    public boolean isNameCompatible(String simpleName, Kind kind) {
      return kind == Kind.SOURCE;
    }

    String fileName() {
      return toUri().getPath().substring(1);
    }

    String text() {
      return text;
    }
  }
}
