package dev.batchapi.runtime.host;

import java.util.List;
import java.util.Locale;
import javax.tools.Diagnostic;
import javax.tools.JavaFileObject;

/** What the compiler says, as it would be read in a terminal. */
final class CompileErrors {
  private static final int SHOWN = 5;
  private static final int WIDEST_LINE = 160;
  private static final String NO_PACKAGE = "compiler.err.doesnt.exist";
  private static final String LIBRARY =
      "\nA library is not on the class path: name its jar in spec.handler.java.classpath; in a cluster"
          + " spec.image must have it (docs/authors.md, Dependencies)";
  private static final String TAB = " ".repeat(8);

  private CompileErrors() {}

  static String describe(List<Diagnostic<? extends JavaFileObject>> diagnostics) {
    List<Diagnostic<? extends JavaFileObject>> errors =
        diagnostics.stream().filter(d -> d.getKind() == Diagnostic.Kind.ERROR).toList();
    StringBuilder text = new StringBuilder();
    for (Diagnostic<? extends JavaFileObject> error :
        errors.subList(0, Math.min(SHOWN, errors.size()))) {
      text.append(text.isEmpty() ? "" : "\n").append(one(error));
    }
    if (errors.size() > SHOWN) {
      text.append("\nand ").append(errors.size() - SHOWN).append(" more errors");
    }
    if (errors.stream().anyMatch(error -> error.getCode().equals(NO_PACKAGE))) {
      text.append(LIBRARY);
    }
    return text.isEmpty() ? "the sources can't be compiled" : text.toString();
  }

  private static String one(Diagnostic<? extends JavaFileObject> error) {
    if (!(error.getSource() instanceof SourceCompiler.Source source) || error.getPosition() < 0) {
      return error.getMessage(Locale.ROOT);
    }
    String place =
        "%s:%d: %s"
            .formatted(source.fileName(), error.getLineNumber(), error.getMessage(Locale.ROOT));
    String text = source.text();
    int position = (int) Math.min(error.getPosition(), text.length());
    int from = text.lastIndexOf('\n', position - 1) + 1;
    int newline = text.indexOf('\n', position);
    String line = text.substring(from, newline < 0 ? text.length() : newline).stripTrailing();
    if (line.length() > WIDEST_LINE) {
      return place;
    }
    String before = text.substring(from, position).replace("\t", TAB);
    return "%s\n%s\n%s^".formatted(place, line.replace("\t", TAB), " ".repeat(before.length()));
  }
}
