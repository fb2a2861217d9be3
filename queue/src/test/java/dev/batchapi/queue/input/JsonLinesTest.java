package dev.batchapi.queue.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesTest {

  @Test
  void linesAreCutIntoBatchesAndBlankLinesDoNotCount() {
    var input = JsonLines.of("x", "1\n\n{\"a\":2}\r\n \t\n[3]\n\"four\"".getBytes(UTF_8), 3);
    assertThat(input.items()).isEqualTo(4);
    assertThat(input.count()).isEqualTo(2);
    assertThat(new String(input.payload(0), UTF_8)).isEqualTo("[1,{\"a\":2}\r,[3]]");
    assertThat(new String(input.payload(1), UTF_8)).isEqualTo("[\"four\"]");
    assertThat(input.itemsIn(1)).isEqualTo(1);
  }

  @Test
  void aFileIsReadAtAnyPosition(@TempDir Path dir) throws IOException {
    var file = dir.resolve("items.jsonl");
    var lines = new StringBuilder();
    for (var i = 0; i < 100_000; i++) {
      lines.append("{\"i\":").append(i).append("}\n");
    }
    Files.writeString(file, lines);
    try (var input = JsonLines.ofFile(file, 7)) {
      assertThat(input.count()).isEqualTo(14_286);
      assertThat(new String(input.payload(14_285), UTF_8))
          .isEqualTo("[{\"i\":99995},{\"i\":99996},{\"i\":99997},{\"i\":99998},{\"i\":99999}]");
      assertThat(new String(input.payload(0), UTF_8)).startsWith("[{\"i\":0},{\"i\":1}");
    }
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheFirstItem() {
    var input = JsonLines.of("x", "\uFEFF{\"a\":1}\r\n2\n".getBytes(UTF_8), 1);
    assertThat(new String(input.payload(0), UTF_8)).isEqualTo("[{\"a\":1}\r]");
    assertThat(new String(input.payload(1), UTF_8)).isEqualTo("[2]");
  }

  @Test
  void itemsAreWrittenOnePerLine() {
    var input = JsonLines.ofItems(List.of("1", "null", "\"a\\nb\""), 2);
    assertThat(new String(input.payload(1), UTF_8)).isEqualTo("[\"a\\nb\"]");
  }

  @Test
  void aBrokenLineIsNamed() {
    refused("1\n{\"a\": }\n3", "items.jsonl, line 2, column 7 is not JSON");
    refused("1\n{\"a\": 1\n3", "items.jsonl, line 2 is not complete JSON");
    refused("1\n2 3\n", "items.jsonl, line 2, column 3: more than one JSON value");
    refused("1\nhello\n", "items.jsonl, line 2, column 1 is not JSON");
    assertThatThrownBy(() -> JsonLines.of("b", new byte[] {'"', (byte) 0xff, (byte) 0xfe, '"'}, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("b, line 1");
  }

  @Test
  void anEmptyInputIsRefused() {
    refused("", "items.jsonl has no items");
    refused("\n \n", "items.jsonl has no items");
  }

  @Test
  void aPayloadOverTheLimitIsRefusedWithSizeAndLimit() {
    var half = "\"" + "x".repeat(600_000) + "\"";
    refused(half + "\n" + half, 2, "Batch 0 (items.jsonl, up to line 2) has 1,200,007 bytes");
    assertThat(JsonLines.of("x", (half + "\n" + half).getBytes(UTF_8), 1).count()).isEqualTo(2);
    refused("1\n\"" + "x".repeat(1_100_000) + "\"", 1, "line 2: the item has more than 1,048,576");
  }

  @Test
  void aCountGivesIndices() {
    var input = new CountInput(5, 2);
    assertThat(input.count()).isEqualTo(3);
    assertThat(new String(input.payload(1), UTF_8)).isEqualTo("[2,3]");
    assertThat(new String(input.payload(2), UTF_8)).isEqualTo("[4]");
    assertThatThrownBy(() -> new CountInput(0, 1)).hasMessageContaining("no items");
  }

  private static void refused(String lines, String message) {
    refused(lines, 1, message);
  }

  private static void refused(String lines, int batchSize, String message) {
    assertThatThrownBy(() -> JsonLines.of("items.jsonl", lines.getBytes(UTF_8), batchSize))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }
}
