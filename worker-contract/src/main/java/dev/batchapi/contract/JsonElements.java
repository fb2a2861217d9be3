package dev.batchapi.contract;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The elements of a list in JSON, each as it is written: nothing of them is bound or printed. */
public final class JsonElements {
  /** One text may be all of a result of 64 MiB, which no text is longer than in characters. */
  private static final JsonFactory PARSERS =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  private JsonElements() {}

  /**
   * The elements of a list that is all of a text.
   *
   * @throws IOException if it is no list, or no JSON
   */
  public static List<String> split(String json) throws IOException {
    try (var parser = PARSERS.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new IOException("it is no list");
      }
      return split(parser, json);
    }
  }

  /** A parser for {@link #split(JsonParser, String)}. */
  public static JsonParser parser(String json) throws IOException {
    return PARSERS.createParser(json);
  }

  /** The elements of the list at whose begin a parser of this text stands; it goes to its end. */
  public static List<String> split(JsonParser parser, String json) throws IOException {
    var elements = new ArrayList<String>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      var from = (int) parser.currentTokenLocation().getCharOffset();
      parser.skipChildren();
      parser.finishToken();
      elements.add(json.substring(from, (int) parser.currentLocation().getCharOffset()));
    }
    return elements;
  }
}
