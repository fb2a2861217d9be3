package dev.batchapi.data.input;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** Whether lines are JSON values, one each. Not thread-safe. */
public final class JsonCheck {
  private static final JsonFactory JSON = new JsonFactory();

  /** A number of fewer characters, without an exponent, is in the range of a double. */
  private static final int LARGEST_EXPONENT = 308;

  private final String name;
  private final boolean quoting;
  private final PlainJson plain = new PlainJson();

  /**
   * A check of one text.
   *
   * @param name what messages call it
   * @param quoting whether messages may say what stands in the lines
   */
  public JsonCheck(String name, boolean quoting) {
    this.name = name;
    this.quoting = quoting;
  }

  /**
   * Checks one line.
   *
   * @throws InputException if it isn't exactly one JSON value that Python and Java read alike
   */
  public void check(LineReader line) {
    if (!line.isPlain() && !plain.isPlain(line.bytes(), 0, line.length())) {
      check(line.bytes(), line.length(), line.number());
    }
  }

  /** Where a line ends that needs no check any more; -1 if there is none. */
  int lineEnd(byte[] bytes, int from, int end) {
    return plain.lineEnd(bytes, from, end);
  }

  private void check(byte[] line, int length, long number) {
    try (var parser = JSON.createParser(line, 0, length)) {
      var depth = 0;
      for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isStructStart()) {
          depth++;
        } else if (token.isStructEnd()) {
          depth--;
        } else if (token == JsonToken.VALUE_NUMBER_FLOAT) {
          checkRange(parser, number);
        }
        if (depth == 0) {
          break;
        }
      }
      if (parser.nextToken() != null) {
        throw new InputException(
            "%s, line %d, column %d: more than one JSON value on the line."
                .formatted(name, number, parser.currentTokenLocation().getColumnNr()));
      }
    } catch (JsonProcessingException e) {
      throw new InputException(
          "%s, line %d%s".formatted(name, number, JsonMistake.sentence(e, quoting)));
    } catch (IOException e) {
      throw new InputException(
          "%s, line %d is not UTF-8 text: %s".formatted(name, number, e.getMessage()));
    }
  }

  /** Python would make infinity of it, Java an error, Kubernetes neither. */
  private void checkRange(JsonParser parser, long number) throws IOException {
    var text = parser.getTextCharacters();
    var from = parser.getTextOffset();
    var large = parser.getTextLength() > LARGEST_EXPONENT;
    for (var i = from; i < from + parser.getTextLength() && !large; i++) {
      large = text[i] == 'e' || text[i] == 'E';
    }
    if (large && Double.isInfinite(parser.getDoubleValue())) {
      throw new InputException(
          "%s, line %d, column %d: %s is beyond the range of a number; put it in quotes."
              .formatted(
                  name,
                  number,
                  parser.currentTokenLocation().getColumnNr(),
                  quoting ? parser.getText() : "a number"));
    }
  }
}
