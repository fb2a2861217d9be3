package dev.batchapi.metrics;

import java.util.regex.Pattern;

/** The wire format as the client promises it: nothing that a server would have to guess about. */
final class WireLine {
  private static final String TAG = "[A-Za-z_][A-Za-z0-9_]{0,63}:[\\p{L}\\p{Nd}_:/.-]+";
  private static final Pattern LINE =
      Pattern.compile(
          "[A-Za-z0-9_.-]{1,200}:-?[0-9]+(\\.[0-9]+)?\\|[cghd](\\|#"
              + TAG
              + "(,"
              + TAG
              + "){0,9})?");
  private static final Pattern NEVER =
      Pattern.compile(
          "(go|process|promhttp|statsd|scrape|cortex|istio)[._-].*|.*[#,](le|quantile|job|instance|__[^:]*):.*");

  private WireLine() {}

  static boolean isWellFormed(String line) {
    return LINE.matcher(line).matches() && !NEVER.matcher(line).matches();
  }
}
