package dev.batchapi.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StackTest {

  @Test
  void ofPythonTheInnermostLineStays() {
    var stack =
        "Traceback (most recent call last):\n"
            + lines("  File \"asyncio/runners.py\", line ", 30)
            + "\n  File \"handler.py\", line 7, in fetch\n    return json[\"x\"]\nKeyError: 'x'";

    assertThat(Stack.shown(stack))
        .hasSizeLessThan(15)
        .startsWith("Traceback (most recent call last):")
        .contains("… 22 more lines")
        .endsWith(
            "  File \"handler.py\", line 7, in fetch", "    return json[\"x\"]", "KeyError: 'x'");
  }

  @Test
  void ofJavaTheInnermostFrameAndTheLastCauseStay() {
    var stack =
        "java.lang.IllegalStateException: no label\n"
            + lines("    at Handler.deep", 40)
            + "\nCaused by: java.io.IOException: disk\n"
            + lines("    at Handler.read", 20);

    assertThat(Stack.shown(stack))
        .hasSizeLessThan(15)
        .startsWith("java.lang.IllegalStateException: no label", "    at Handler.deep0")
        .contains("Caused by: java.io.IOException: disk", "    at Handler.read0");
  }

  @Test
  void aShortOneIsShownAsItIs() {
    assertThat(Stack.shown("a\n  at b\n")).containsExactly("a", "  at b");
  }

  private static String lines(String text, int count) {
    return IntStream.range(0, count).mapToObj(i -> text + i).collect(Collectors.joining("\n"));
  }
}
