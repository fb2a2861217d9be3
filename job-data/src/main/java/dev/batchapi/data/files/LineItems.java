package dev.batchapi.data.files;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.batchapi.data.input.InputException;
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
        item(line, utf8, sink);
      }
    }
  }

  private static void item(LineReader line, Utf8 utf8, ItemSink sink) {
    byte[] json;
    try {
      line.checkLength();
      var carriageReturn = line.bytes()[line.length() - 1] == '\r' ? 1 : 0;
      json = quoted(utf8.decode(line.bytes(), line.length() - carriageReturn, line.number()));
    } catch (InputException e) {
      sink.bad(line.number(), line.start(), line.textEnd(), e);
      return;
    }
    sink.item(line.number(), line.start(), line.textEnd(), json, json.length);
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
