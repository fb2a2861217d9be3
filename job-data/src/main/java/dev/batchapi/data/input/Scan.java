package dev.batchapi.data.input;

import dev.batchapi.contract.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** One pass over JSON lines that checks them and notes where batches start. */
final class Scan {
  private final String name;
  private final int batchSize;
  private final boolean quoting;
  private long[] starts = new long[64];
  private long end;
  private long batchBytes;
  private int items;

  /**
   * @param name what messages call the input
   * @param batchSize items per batch, at least 1
   * @param quoting whether messages may say what stands in the lines
   */
  Scan(String name, int batchSize, boolean quoting) {
    this.name = name;
    this.batchSize = batchSize;
    this.quoting = quoting;
  }

  int items() {
    return items;
  }

  /** Where each batch starts, and at last where the last one ends. */
  long[] starts() {
    var batches = Math.ceilDiv(items, batchSize);
    var all = Arrays.copyOf(starts, batches + 1);
    all[batches] = end;
    return all;
  }

  void run(InputStream in) throws IOException {
    var line = new LineReader(name, in);
    var json = new JsonCheck(name, quoting);
    while (line.next(json)) {
      if (!line.blank()) {
        line.checkLength();
        json.check(line);
        item(line);
      }
    }
    end = line.end();
    if (items == 0) {
      throw new InputException(
          "%s has no items: it needs one JSON value per line.".formatted(name));
    }
  }

  private void item(LineReader line) {
    if (items % batchSize == 0) {
      var batch = items / batchSize;
      if (batch + 1 >= starts.length) {
        starts = Arrays.copyOf(starts, starts.length * 2);
      }
      starts[batch] = line.start();
      batchBytes = 1;
    }
    items = Math.incrementExact(items);
    batchBytes += line.length() + 1;
    if (batchBytes > Payload.MAX_BYTES) {
      throw InputException.tooLarge(
          (items - 1) / batchSize, "%s, up to line %d".formatted(name, line.number()), batchBytes);
    }
  }
}
