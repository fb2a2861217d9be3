package dev.batchapi.data.results;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

/**
 * A line, field after field. A job has a line for each of its items, and a mapper takes several
 * times as long for one.
 */
final class LineHead {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonStringEncoder QUOTING = JsonStringEncoder.getInstance();

  private final StringBuilder line = new StringBuilder(128);

  /** One that starts with the job's name. */
  static LineHead of(String job) {
    var head = new LineHead();
    head.line.append('{');
    return head.text("job", job);
  }

  /** Another one that begins as this one. */
  LineHead copy() {
    var copy = new LineHead();
    copy.line.append(line);
    return copy;
  }

  LineHead put(String field, int value) {
    name(field).append(value);
    return this;
  }

  LineHead put(String field, JsonNode value) throws JsonProcessingException {
    name(field).append(JSON.writeValueAsString(value));
    return this;
  }

  /** The item's place; none where it has none. */
  LineHead source(@Nullable String source) {
    return source == null ? this : text("source", source);
  }

  /** JSON as it is, but for line ends, which stand between its tokens only. */
  LineHead json(String field, String json) {
    name(field).append(json.replace('\n', ' ').replace('\r', ' ').strip());
    return this;
  }

  /** All of the line, its end included. */
  byte[] end() {
    return line.append("}\n").toString().getBytes(UTF_8);
  }

  /** The line so far, up to the value of its last field. */
  byte[] before(String field) {
    return name(field).toString().getBytes(UTF_8);
  }

  LineHead text(String field, String value) {
    var to = name(field).append('"');
    if (isPlain(value)) {
      to.append(value);
    } else {
      QUOTING.quoteAsString(value, to);
    }
    to.append('"');
    return this;
  }

  /** Whether it is itself in quotes; each line has its source, which nearly always is. */
  private static boolean isPlain(String value) {
    for (var i = 0; i < value.length(); i++) {
      var c = value.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  private StringBuilder name(String field) {
    if (line.length() > 1) {
      line.append(',');
    }
    return line.append('"').append(field).append("\":");
  }
}
