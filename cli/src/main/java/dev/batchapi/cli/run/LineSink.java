package dev.batchapi.cli.run;

import java.io.IOException;

/** Takes JSON lines. */
interface LineSink {
  /** Appends whole lines, in UTF-8. */
  void write(byte[] lines) throws IOException;
}
