package dev.batchapi.data.input;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Puts items, which are JSON, together to an array. Not thread-safe. */
public final class JsonArray {
  private byte[] json;
  private int size;
  private int count;

  /**
   * An array without items, which is of no use yet.
   *
   * @param room how many bytes it probably gets, its brackets included; at least 1
   */
  public JsonArray(int room) {
    json = new byte[room];
  }

  /** Takes an item. */
  public void item(byte[] item, int from, int length) {
    makeRoom(length + 1);
    separate();
    System.arraycopy(item, from, json, size + 1, length);
    took(length);
  }

  /**
   * Takes lines that are items, or blank: where a newline was there is a comma then, and nothing
   * else is moved.
   *
   * @param length bytes to read, if there are as many
   */
  public void lines(InputStream in, int length) throws IOException {
    makeRoom(length + 1);
    var at = size + 1;
    var end = at + in.readNBytes(json, at, length);
    while (at < end) {
      var newline = Newlines.next(json, at, end);
      if (!LineReader.blank(json, at, newline)) {
        separate();
        if (at > size + 1) { // behind a blank line
          System.arraycopy(json, at, json, size + 1, newline - at);
        }
        took(newline - at);
      }
      at = newline + 1;
    }
  }

  private void makeRoom(int bytes) {
    if (json.length - size < bytes) {
      json = Arrays.copyOf(json, Math.max(json.length * 2, size + bytes));
    }
  }

  private void separate() {
    json[size] = (byte) (count == 0 ? '[' : ',');
  }

  private void took(int length) {
    size += 1 + length;
    count++;
  }

  /** How many items it has. */
  public int count() {
    return count;
  }

  /** How many bytes it has, without the last bracket. */
  public int size() {
    return size;
  }

  /** The whole of it, when it has an item; nothing can be added any more. */
  public byte[] end() {
    makeRoom(1);
    json[size++] = ']';
    return size == json.length ? json : Arrays.copyOf(json, size);
  }
}
