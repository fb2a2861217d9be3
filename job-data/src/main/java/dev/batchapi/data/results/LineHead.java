package dev.batchapi.data.results;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A line, field after field, as bytes. A job has a line for each of its items, and a mapper takes
 * several times as long for one.
 */
final class LineHead {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonStringEncoder QUOTING = JsonStringEncoder.getInstance();
  private static final byte[] END = {'}', '\n'};

  /** How fields begin, by their names, which are few. */
  private static final Map<String, byte[]> NAMES = new ConcurrentHashMap<>();

  private byte[] line;
  private int length;

  private LineHead(byte[] line, int length) {
    this.line = line;
    this.length = length;
  }

  /** One that starts with the job's name. */
  static LineHead of(String job) {
    return new LineHead(new byte[256], 0).add((byte) '{').text("job", job);
  }

  /** Another one that begins as this one. */
  LineHead copy() {
    return new LineHead(line.clone(), length);
  }

  LineHead put(String field, int value) {
    return name(field).add(Integer.toString(value).getBytes(ISO_8859_1));
  }

  LineHead put(String field, JsonNode value) throws JsonProcessingException {
    return name(field).add(JSON.writeValueAsString(value).getBytes(UTF_8));
  }

  /** The item's place; none where it has none. */
  LineHead source(@Nullable String source) {
    return source == null ? this : text("source", source);
  }

  /** JSON as it is, but for line ends, which stand between its tokens only. */
  LineHead json(String field, String json) {
    var bytes = json.strip().getBytes(UTF_8);
    for (var i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n' || bytes[i] == '\r') {
        bytes[i] = ' ';
      }
    }
    return name(field).add(bytes);
  }

  /** All of the line, its end included. */
  byte[] end() {
    add(END);
    return Arrays.copyOf(line, length);
  }

  /** The line so far, up to the value of its last field. */
  byte[] before(String field) {
    name(field);
    return Arrays.copyOf(line, length);
  }

  LineHead text(String field, String value) {
    var bytes = value.getBytes(UTF_8);
    if (!isPlain(bytes)) {
      bytes = String.valueOf(QUOTING.quoteAsString(value)).getBytes(UTF_8);
    }
    return name(field).add((byte) '"').add(bytes).add((byte) '"');
  }

  /** Whether it is itself in quotes; each line has its source, which nearly always is. */
  private static boolean isPlain(byte[] bytes) {
    for (var b : bytes) {
      if (b < ' ' || b > '~' || b == '"' || b == '\\') {
        return false;
      }
    }
    return true;
  }

  private LineHead name(String field) {
    if (length > 1) {
      add((byte) ',');
    }
    return add(NAMES.computeIfAbsent(field, its -> ("\"" + its + "\":").getBytes(ISO_8859_1)));
  }

  private LineHead add(byte b) {
    makeRoom(1);
    line[length++] = b;
    return this;
  }

  private LineHead add(byte[] bytes) {
    makeRoom(bytes.length);
    System.arraycopy(bytes, 0, line, length, bytes.length);
    length += bytes.length;
    return this;
  }

  private void makeRoom(int bytes) {
    if (bytes > line.length - length) {
      line = Arrays.copyOf(line, Math.max(2 * line.length, length + bytes));
    }
  }
}
