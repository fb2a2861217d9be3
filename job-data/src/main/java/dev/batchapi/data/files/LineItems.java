package dev.batchapi.data.files;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.batchapi.data.input.LineReader;
import java.io.IOException;
import java.io.InputStream;

/** Lines of text, each a string. */
record LineItems(String name) implements ItemReader {

  @Override
  public void read(InputStream in, long linesBefore, ItemSink sink) throws IOException {
    var line = new LineReader(name, in, linesBefore);
    var utf8 = new Utf8(name);
    while (line.next()) {
      if (!line.blank()) {
        var end = line.start() + line.length();
        var carriageReturn = line.bytes()[line.length() - 1] == '\r' ? 1 : 0;
        try {
          var json =
              quoted(utf8.decode(line.bytes(), line.length() - carriageReturn, line.number()));
          sink.item(line.number(), line.start(), end, json, json.length);
        } catch (NotUtf8Exception e) {
          sink.bad(line.number(), line.start(), end, e);
        }
      }
    }
  }

  private static byte[] quoted(String text) {
    var quoted = JsonStringEncoder.getInstance().quoteAsUTF8(text);
    var json = new byte[quoted.length + 2];
    json[0] = '"';
    System.arraycopy(quoted, 0, json, 1, quoted.length);
    json[json.length - 1] = '"';
    return json;
  }
}
