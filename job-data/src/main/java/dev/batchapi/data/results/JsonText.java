package dev.batchapi.data.results;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonToken;
import dev.batchapi.contract.JsonElements;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * JSON that came from a handler or an input, as it is: read as a tree, large numbers would become
 * others, and half a character would cost the whole file.
 */
final class JsonText {
  private JsonText() {}

  /** Of bytes that are no UTF-8 it makes U+FFFD, so that they cost nothing but themselves. */
  static String text(byte[] json) {
    return new String(json, UTF_8);
  }

  /**
   * The elements of a list, each as it is; null if it is no list.
   *
   * @throws IOException if it is not one JSON value
   */
  static @Nullable List<String> list(String json) throws IOException {
    try (var parser = JsonElements.parser(json)) {
      List<String> elements = null;
      if (parser.nextToken() == JsonToken.START_ARRAY) {
        elements = JsonElements.split(parser, json);
      } else {
        parser.skipChildren();
      }
      if (parser.currentToken() == null || parser.nextToken() != null) {
        throw new IOException("it is not one JSON value");
      }
      return elements;
    }
  }
}
