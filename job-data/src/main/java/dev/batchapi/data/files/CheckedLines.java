package dev.batchapi.data.files;

import dev.batchapi.data.input.InputException;
import dev.batchapi.data.input.JsonCheck;
import dev.batchapi.data.input.LineReader;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Gives lines of JSON on in their order, each checked. Of many lines some are checked by a thread
 * of its own while the next ones are read. For one thread.
 */
final class CheckedLines {
  private static final int BYTES = 1 << 18;
  private static final int LINES = 1 << 12;

  private final ItemSink sink;
  private final JsonCheck json;
  private Block read = new Block();
  private Block free = new Block();
  private @Nullable Block checked;
  private CompletableFuture<Map<Integer, InputException>> mistakes = new CompletableFuture<>();
  private byte[] item = {};

  /** Some lines, one behind the other. */
  private static final class Block {
    private byte[] bytes = new byte[1 << 12];
    private int[] ends = new int[16];
    private long[] places = new long[3 * 16];
    private int count;

    private int end(int line) {
      return line < 0 ? 0 : ends[line];
    }

    private int length(int line) {
      return ends[line] - end(line - 1);
    }

    private boolean hasRoomFor(LineReader line) {
      return count == 0 || (count < LINES && end(count - 1) + line.length() <= BYTES);
    }

    private void add(LineReader line) {
      var from = end(count - 1);
      var end = from + line.length();
      if (end > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, end));
      }
      if (count == ends.length) {
        ends = Arrays.copyOf(ends, 2 * count);
        places = Arrays.copyOf(places, 3 * 2 * count);
      }
      System.arraycopy(line.bytes(), 0, bytes, from, line.length());
      ends[count] = end;
      places[3 * count] = line.number();
      places[3 * count + 1] = line.start();
      places[3 * count + 2] = line.textEnd();
      count++;
    }
  }

  /**
   * @param name what messages call the file
   */
  CheckedLines(String name, ItemSink sink) {
    this.sink = sink;
    json = new JsonCheck(name, true);
  }

  /** Takes a line, which is none of those that are too long. */
  void add(LineReader line) {
    if (!read.hasRoomFor(line)) {
      var full = read;
      giveChecked();
      read = free;
      checked = full;
      mistakes = CompletableFuture.supplyAsync(() -> check(full), Thread::startVirtualThread);
    }
    read.add(line);
  }

  /** Gives on what it has taken. */
  void end() {
    giveChecked();
    give(read, check(read));
  }

  private void giveChecked() {
    var its = checked;
    if (its != null) {
      checked = null;
      give(its, mistakes());
      free = its;
    }
  }

  private Map<Integer, InputException> mistakes() {
    try {
      return mistakes.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case Error error -> throw error; // a lack of memory has its own exit code
        case RuntimeException own -> throw own;
        case null, default -> throw e;
      }
    }
  }

  private Map<Integer, InputException> check(Block block) {
    var found = new HashMap<Integer, InputException>();
    for (var line = 0; line < block.count; line++) {
      try {
        json.check(block.bytes, block.end(line - 1), block.length(line), block.places[3 * line]);
      } catch (InputException e) {
        found.put(line, e);
      }
    }
    return found;
  }

  private void give(Block block, Map<Integer, InputException> mistakes) {
    for (var line = 0; line < block.count; line++) {
      var number = block.places[3 * line];
      var start = block.places[3 * line + 1];
      var end = block.places[3 * line + 2];
      var mistake = mistakes.get(line);
      if (mistake != null) {
        sink.bad(number, start, end, mistake);
        continue;
      }
      var length = block.length(line);
      if (item.length < length) {
        item = new byte[length];
      }
      System.arraycopy(block.bytes, block.end(line - 1), item, 0, length);
      sink.item(number, start, end, item, length);
    }
    block.count = 0;
  }
}
