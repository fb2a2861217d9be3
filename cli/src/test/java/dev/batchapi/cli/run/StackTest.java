package dev.batchapi.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StackTest {

  @Test
  void theAuthorsInnermostFrameIsFound() {
    var python =
        """
        Traceback (most recent call last):
          File "/app/handler.py", line 3, in handle_batch
            return [self.count(i) for i in payload]
          File "/app/words.py", line 17, in count
            json.loads(None)
          File "/usr/lib/python3.11/json/__init__.py", line 339, in loads
            raise TypeError("no")
        TypeError: no
        """;
    var java =
        """
        java.lang.IllegalStateException: no
        \tat java.base/java.lang.Thread.sleepNanos0(Native Method)
        \tat java.base/java.util.ArrayList.<init>(ArrayList.java:157)
        \tat com.example.Handler.lambda$count$0(Handler.java:17)
        \tat com.example.Handler.handleBatch(Handler.java:9)
        """;
    assertThat(Stack.where(python)).contains("words.py:17, in count");
    assertThat(Stack.where(java)).contains("Handler.java:17, in Handler.lambda$count$0");
    assertThat(Stack.where("\tat java.base/java.util.ArrayList.<init>(ArrayList.java:157)"))
        .contains("ArrayList.java:157, in ArrayList.<init>");
    assertThat(Stack.where("no stack")).isEmpty();
  }

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
  void noLineStandsInPlaceOfOneLine() {
    assertThat(Stack.shown("Traceback\n" + lines("  frame ", 12)))
        .hasSize(13)
        .contains("  frame 1");
    assertThat(Stack.shown("Traceback\n" + lines("  frame ", 13))).contains("… 2 more lines");
  }

  @Test
  void aShortOneIsShownAsItIs() {
    assertThat(Stack.shown("a\n  at b\n")).containsExactly("a", "  at b");
  }

  private static String lines(String text, int count) {
    return IntStream.range(0, count).mapToObj(i -> text + i).collect(Collectors.joining("\n"));
  }
}
