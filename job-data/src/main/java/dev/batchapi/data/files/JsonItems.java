package dev.batchapi.data.files;

import dev.batchapi.data.input.InputException;
import dev.batchapi.data.input.JsonCheck;
import dev.batchapi.data.input.LineReader;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** JSON lines: the items are in the file as they travel. */
record JsonItems(String name, boolean checking) implements ItemReader {

  @Override
  public void read(InputStream in, long linesBefore, ItemSink sink) throws IOException {
    var line = new LineReader(name, in, linesBefore);
    var json = checking ? new JsonCheck(name, true) : null;
    while (line.next(json)) {
      if (!line.blank()) {
        item(line, json, sink);
      }
    }
  }

  private static void item(LineReader line, @Nullable JsonCheck json, ItemSink sink) {
    try {
      line.checkLength();
      if (json != null) {
        json.check(line);
      }
    } catch (InputException e) {
      sink.bad(line.number(), line.start(), line.textEnd(), e);
      return;
    }
    sink.item(line.number(), line.start(), line.textEnd(), line.bytes(), line.length());
  }
}
