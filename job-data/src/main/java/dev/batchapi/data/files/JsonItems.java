package dev.batchapi.data.files;

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
        if (checking) {
          json.check(line);
        }
        sink.item(
            line.number(), line.start(), line.start() + line.length(), line.bytes(), line.length());
      }
    }
  }
}
