package dev.batchapi.cli.run;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Output of one of several processes: each line is written at once and as a whole, and begins with
 * whose it is. A line without an end is written when it is flushed, or has become too long.
 */
final class LabelledLines extends OutputStream {
  private static final int LONGEST = 1 << 16;

  private final PrintStream to;
  private final byte[] label;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  LabelledLines(PrintStream to, String label) {
    this.to = to;
    this.label = label.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void write(int b) {
    if (line.size() == 0) {
      line.writeBytes(label);
    }
    line.write(b);
    if (b == '\n') {
      end();
    } else if (line.size() > LONGEST) {
      flush();
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    for (var i = offset; i < offset + length; i++) {
      write(bytes[i]);
    }
  }

  private void end() {
    to.write(line.toByteArray(), 0, line.size());
    line.reset();
  }

  /** Ends the line that has none. */
  @Override
  public void flush() {
    if (line.size() > 0) {
      line.write('\n');
      end();
    }
    to.flush();
  }
}
