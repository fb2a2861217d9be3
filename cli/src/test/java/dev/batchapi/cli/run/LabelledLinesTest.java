package dev.batchapi.cli.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class LabelledLinesTest {
  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
  private final PrintStream to = new PrintStream(screen, true, UTF_8);

  private static void print(LabelledLines lines, String text) {
    lines.write(text.getBytes(UTF_8), 0, text.getBytes(UTF_8).length);
  }

  @Test
  void twoThatWriteAtOnceDoNotMixWithinALine() {
    var one = new LabelledLines(to, "worker-0: ");
    var two = new LabelledLines(to, "worker-1: ");
    print(one, "half a ");
    print(two, "whole\nand a part");
    print(one, "line\n\n");
    two.flush();
    one.flush();
    assertThat(screen.toString(UTF_8))
        .isEqualTo("worker-1: whole\nworker-0: half a line\nworker-0: \nworker-1: and a part\n");
  }

  @Test
  void aLineWithoutAnEndNeedsBoundedMemory() {
    var lines = new LabelledLines(to, "w: ");
    print(lines, "x".repeat(200_000));
    assertThat(screen.size()).isGreaterThan(190_000);
  }
}
