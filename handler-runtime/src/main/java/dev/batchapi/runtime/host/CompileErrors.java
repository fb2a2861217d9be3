package dev.batchapi.runtime.host;

import java.util.List;
import java.util.Locale;
import javax.tools.Diagnostic;
import javax.tools.JavaFileObject;

/** What the compiler says, as it would be read in a terminal. */
final class CompileErrors {
  private static final int SHOWN = 5;
  private static final int WIDEST_LINE = 160;

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
    return text.isEmpty() ? "the sources can't be compiled" : text.toString();
  }

  private static String one(Diagnostic<? extends JavaFileObject> error) {
    String message = error.getMessage(Locale.ROOT);
    if (!(error.getSource() instanceof SourceCompiler.Source source) || error.getLineNumber() < 1) {
      return message;
    }
    String place = "%s:%d: %s".formatted(source.fileName(), error.getLineNumber(), message);
    String line = source.line(error.getLineNumber());
    if (line.length() > WIDEST_LINE) {
      return place;
    }
    // The caret stands below a line that has the same tabs before it.
    int column = (int) Math.min(Math.max(1, error.getColumnNumber()), line.length() + 1);
    int caret = error.getPosition() < 0 ? 1 : column;
    return place + "\n" + expand(line) + "\n" + " ".repeat(widthBefore(line, caret)) + "^";
  }

  private static String expand(String line) {
    return line.replace("\t", "        ");
  }

  /** The compiler counts a tab as going to the next multiple of eight; we print eight spaces. */
  private static int widthBefore(String line, int column) {
    int compilers = 1;
    int ours = 0;
    for (int i = 0; i < line.length() && compilers < column; i++) {
      boolean tab = line.charAt(i) == '\t';
      compilers = tab ? (compilers - 1) / 8 * 8 + 9 : compilers + 1;
      ours += tab ? 8 : 1;
    }
    return ours;
  }
}
