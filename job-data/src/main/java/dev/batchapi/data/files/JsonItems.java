package dev.batchapi.data.files;

import dev.batchapi.data.input.InputException;
import dev.batchapi.data.input.LineReader;
import java.io.IOException;
import java.io.InputStream;

/** JSON lines: the items are in the file as they travel. */
record JsonItems(String name, boolean checking) implements ItemReader {

  @Override
  public void read(InputStream in, long linesBefore, ItemSink sink) throws IOException {
    var line = new LineReader(name, in, linesBefore);
    var checked = new CheckedLines(name, sink);
    while (next(line, checked)) {
      if (!line.blank()) {
        item(line, checked, sink);
      }
    }
  }

  /** At the end, also of a file that breaks off, all that came before is given on. */
  private static boolean next(LineReader line, CheckedLines checked) throws IOException {
    var more = false;
    try {
      more = line.next();
      return more;
    } finally {
      if (!more) {
        checked.end();
      }
    }
  }

  private void item(LineReader line, CheckedLines checked, ItemSink sink) {
    try {
      line.checkLength();
    } catch (InputException e) {
      checked.end();
      sink.bad(line.number(), line.start(), line.textEnd(), e);
      return;
    }
    if (checking) {
      checked.add(line);
    } else {
      sink.item(line.number(), line.start(), line.textEnd(), line.bytes(), line.length());
    }
  }
}
