package dev.batchapi.cli.run;

import java.util.Map;

/** References to variables in a variable's value, as kubelet reads them. */
final class References {
  private References() {}

  /**
   * Fills in {@code $(NAME)} where the name is known and leaves it where it isn't; {@code $$} is
   * one {@code $} and begins no reference.
   *
   * @param known the variables that stand before this one
   */
  static String expand(String text, Map<String, String> known) {
    var expanded = new StringBuilder();
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c != '$' || i + 1 == text.length()) {
        expanded.append(c);
        continue;
      }
      var next = text.charAt(i + 1);
      var end = next == '(' ? text.indexOf(')', i) : -1;
      if (end > 0) {
        var reference = text.substring(i, end + 1);
        var name = text.substring(i + 2, end);
        expanded.append(known.getOrDefault(name, reference));
        i = end;
      } else if (next == '$') {
        expanded.append('$');
        i++;
      } else {
        // Not complete, or no reference at all: both characters stay.
        expanded.append(c).append(next);
        i++;
      }
    }
    return expanded.toString();
  }
}
