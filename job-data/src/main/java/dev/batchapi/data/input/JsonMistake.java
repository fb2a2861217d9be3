package dev.batchapi.data.input;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is wrong in a line, for people: the parser's own words advise on its settings. */
final class JsonMistake {
  private static final Pattern TOKEN =
      Pattern.compile("(?:Non-standard token|Unrecognized token) '([^']*)'.*", Pattern.DOTALL);
  private static final String WHOLE_VALUE =
      " is not complete JSON; each line must hold one whole JSON value.";

  private JsonMistake() {}

  /**
   * To follow {@code <input>, line <number>}.
   *
   * @param quoting whether it may say what stands there
   */
  static String sentence(JsonProcessingException e, boolean quoting) {
    var message = String.valueOf(e.getOriginalMessage());
    if (e instanceof JsonEOFException) {
      return WHOLE_VALUE;
    }
    if (e instanceof StreamConstraintsException) {
      return limit(message);
    }
    if (message.contains("UTF-8")) {
      return " is not UTF-8 text: save the input as UTF-8.";
    }
    var location = e.getLocation();
    var column = location == null ? "" : ", column " + location.getColumnNr();
    return quoting ? column + " is not JSON: " + reason(message) : column + " is not JSON.";
  }

  private static String reason(String message) {
    Matcher token = TOKEN.matcher(message);
    if (token.matches()) {
      return token(token.group(1));
    }
    if (message.contains("comment")) {
      return "JSON has no comments.";
    }
    if (message.contains("Leading zeroes")) {
      return "a number starts with a 0 too many: put numbers such as 007 in quotes.";
    }
    if (message.contains("CTRL-CHAR")) {
      return "a control character stands in a text: write it as \\t, \\r or \\u0001.";
    }
    if (message.contains("(''' (code 39))")) {
      return "texts and names stand in double quotes, not in single ones.";
    }
    if (message.contains("NON_NUMERIC") || message.contains("Infinity")) {
      return token("Infinity");
    }
    // Behind it the parser names its settings.
    return message
            .replaceAll("(?s)expected a valid value.*", "a JSON value is due here")
            .replaceAll("(?s)( \\(not recognized|: enable `|\\(enable |, enable ).*", "")
        + ".";
  }

  private static String token(String token) {
    return switch (token) {
      case "NaN", "nan", "Infinity", "-Infinity", "INF", "-INF", "+INF" ->
          "JSON has no %s: write null, or the text \"%s\" in quotes.".formatted(token, token);
      case "None", "True", "False" ->
          "%s is Python: JSON has null, true and false.".formatted(token);
      default -> "%s is no JSON value: texts stand in double quotes.".formatted(token);
    };
  }

  private static String limit(String message) {
    if (message.contains("nesting depth")) {
      return " is nested more than 1,000 levels deep.";
    }
    if (message.contains("Number value length")) {
      return " has a number of more than 1,000 figures: put it in quotes.";
    }
    return " is more than can be read: " + message.replaceAll(" ?\\(.*", "") + ".";
  }
}
