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
  public static Optional<String> to(String name, Collection<String> known) {
    int bound = Math.max(1, name.length() / 3);
    return known.stream()
        .min(Comparator.comparingInt((String k) -> distance(name, k)).thenComparing(k -> k))
        .filter(k -> distance(name, k) <= bound);
  }

  /** The end of a sentence: {@code "; did you mean x?"}, or nothing. */
  public static String question(String name, Collection<String> known) {
    return to(name, known).map(nearest -> "; did you mean " + nearest + "?").orElse("");
  }

  /** The same, or what there is, or nothing. */
  public static String hint(String name, Collection<String> known) {
    String question = question(name, known);
    return question.isEmpty() && !known.isEmpty() ? "; there " + list(known) : question;
  }

  private static String list(Collection<String> known) {
    List<String> sorted = known.stream().sorted().toList();
    String names = String.join(", ", sorted.subList(0, Math.min(LISTED, sorted.size())));
    int more = sorted.size() - LISTED;
    return (sorted.size() == 1 ? "is " : "are ")
        + names
        + (more > 0 ? " and " + more + " more" : "");
  }

  /**
   * Edits from one to the other, not counting case: a letter more, less or another one, and two
   * neighbours swapped, which is one slip of the fingers and not two.
   */
  static int distance(String from, String to) {
    String a = from.toLowerCase(Locale.ROOT);
    String b = to.toLowerCase(Locale.ROOT);
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(d[i - 1][j - 1] + change, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
