package dev.batchapi.data.results;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.batchapi.contract.JsonElements;
import java.io.IOException;
import java.util.List;

/**
 * Puts JSON that came from a handler or an input into lines, as it is: read as a tree, large
 * numbers would become others, and half a character would cost the whole file.
 */
final class JsonText {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonFactory PARSERS = new JsonFactory();

  private JsonText() {}

  /** Of bytes that are no UTF-8 it makes U+FFFD, so that they cost nothing but themselves. */
  static String text(byte[] json) {
    return new String(json, UTF_8);
  }

  /** The fields of {@code head}, and after them one more with this JSON as its value. */
  static byte[] line(ObjectNode head, String field, String json) throws JsonProcessingException {
    return (open(head) + field(field, json) + "}\n").getBytes(UTF_8);
  }

  /** The same with another field before that one. */
  static byte[] line(ObjectNode head, String before, String its, String field, String json)
      throws JsonProcessingException {
    return (open(head) + field(before, its) + field(field, json) + "}\n").getBytes(UTF_8);
  }

  /** The beginning of a line, up to the value of its last field. */
  static byte[] before(ObjectNode head, String field) throws JsonProcessingException {
    return (open(head) + ",\"" + field + "\":").getBytes(UTF_8);
  }

  /** The same with another field before that one. */
  static byte[] before(ObjectNode head, String before, String its, String field)
      throws JsonProcessingException {
    return (open(head) + field(before, its) + ",\"" + field + "\":").getBytes(UTF_8);
  }

  private static String open(ObjectNode head) throws JsonProcessingException {
    var text = JSON.writeValueAsString(head);
    return text.substring(0, text.length() - 1);
  }

  private static String field(String name, String json) {
    // Line ends stand between JSON's tokens only.
    return ",\"" + name + "\":" + json.replace('\n', ' ').replace('\r', ' ').strip();
  }

  /**
   * How many elements a result has.
   *
   * @return -1 if it is no list
   * @throws IOException if it is no JSON
   */
  static int elements(String json) throws IOException {
    try (var parser = PARSERS.createParser(json)) {
      var list = parser.nextToken() == JsonToken.START_ARRAY;
      var count = 0;
      if (list) {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          parser.skipChildren();
          count++;
        }
      } else {
        parser.skipChildren();
      }
      if (parser.currentToken() == null || parser.nextToken() != null) {
        throw new IOException("it is not one JSON value");
      }
      return list ? count : -1;
    }
  }

  /** The elements of a list, each as it is. */
  static List<String> split(String json) throws IOException {
    return JsonElements.split(json);
  }
}
