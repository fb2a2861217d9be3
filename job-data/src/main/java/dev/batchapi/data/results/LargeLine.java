package dev.batchapi.data.results;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** A line that ends with a value that may be too large for memory. */
public final class LargeLine {
  private static final byte[] END = {'}', '\n'};
  private static final int BUFFER = 1 << 16;

  private final byte[] head;
  private final LargeJson.Part value;

  /**
   * @param head the line up to the value
   */
  LargeLine(byte[] head, LargeJson.Part value) {
    this.head = head;
    this.value = value;
  }

  /** Its bytes, with its line end. */
  public long size() {
    return head.length + value.length() + END.length;
  }

  /** Writes it, some {@value #BUFFER} bytes at a time. */
  public void to(OutputStream out) throws IOException {
    out.write(head);
    try (var in = value.open()) {
      var buffer = new byte[(int) Math.min(BUFFER, Math.max(1, value.length()))];
      for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        for (var at = 0; at < n; at++) {
          // Line ends stand between JSON's tokens only.
          if (buffer[at] == '\n' || buffer[at] == '\r') {
            buffer[at] = ' ';
          }
        }
        out.write(buffer, 0, n);
      }
    }
    out.write(END);
  }

  /** All of it, for whoever has the memory. */
  public byte[] toBytes() throws IOException {
    var bytes = new ByteArrayOutputStream(Math.toIntExact(size()));
    to(bytes);
    return bytes.toByteArray();
  }
}
