package dev.batchapi.data.files;

import dev.batchapi.data.input.InputException;
import dev.batchapi.data.input.JsonCheck;
import dev.batchapi.data.input.LineReader;
import java.io.IOException;
import java.io.InputStream;

/** JSON lines: the items are in the file as they travel. */
record JsonItems(String name, boolean checking) implements ItemReader {

  @Override
  public void read(InputStream in, long linesBefore, ItemSink sink) throws IOException {
    var line = new LineReader(name, in, linesBefore);
    var json = new JsonCheck(name, true);
    while (line.next()) {
      if (!line.blank()) {
        item(line, json, sink);
      }
    }
  }

  private void item(LineReader line, JsonCheck json, ItemSink sink) {
    var end = line.textEnd();
    try {
      line.checkLength();
      if (checking) {
        json.check(line);
      }
    } catch (InputException e) {
      sink.bad(line.number(), line.start(), end, e);
      return;
    }
    sink.item(line.number(), line.start(), end, line.bytes(), line.length());
  }
}
