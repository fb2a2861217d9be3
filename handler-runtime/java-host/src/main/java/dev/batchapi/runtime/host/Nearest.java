package dev.batchapi.runtime.host;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What someone may have meant who misspelt a name. */
public final class Nearest {
  private static final int LISTED = 8;

  private Nearest() {}

  /** The known name with the fewest differences, if there are few enough for a slip. */
  static Optional<String> to(String name, Collection<String> known) {
    int bound = Math.max(1, name.length() / 3);
    return known.stream()
        .filter(candidate -> distance(name, candidate) <= bound)
        .min(Comparator.comparingInt(candidate -> distance(name, candidate)));
  }

  /** The end of a sentence: {@code "; did you mean x?"}, or what there is, or nothing. */
  public static String hint(String name, Collection<String> known) {
    return to(name, known)
        .map(nearest -> "; did you mean " + nearest + "?")
        .orElseGet(() -> known.isEmpty() ? "" : "; there " + list(known));
  }

  private static String list(Collection<String> known) {
    List<String> sorted = known.stream().sorted().toList();
    String names = String.join(", ", sorted.subList(0, Math.min(LISTED, sorted.size())));
    int more = sorted.size() - LISTED;
    return (sorted.size() == 1 ? "is " : "are ")
        + names
        + (more > 0 ? " and " + more + " more" : "");
  }

  /** Insertions, deletions and replacements between two names, case aside. */
  private static int distance(String a, String b) {
    String left = a.toLowerCase(Locale.ROOT);
    String right = b.toLowerCase(Locale.ROOT);
    int[] row = new int[right.length() + 1];
    for (int j = 0; j <= right.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        int above = row[j];
        int replaced = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(above, row[j - 1]));
        diagonal = above;
      }
    }
    return row[right.length()];
  }
}
