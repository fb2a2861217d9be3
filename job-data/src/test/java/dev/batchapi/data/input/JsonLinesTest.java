package dev.batchapi.data.input;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
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

  /** The parser's own words advise on its settings, which nobody can reach from here. */
  @Test
  void whatPeopleTakeForJsonIsNamedInTheirWords() {
    refused("{\"x\": NaN}", "line 1, column 10 is not JSON: JSON has no NaN: write null");
    refused("{\"x\": -Infinity}", "JSON has no");
    refused("{\"x\": None}", "None is Python: JSON has null");
    refused("{'x': 1}", "in double quotes, not in single ones");
    refused("hello", "hello is no JSON value: texts stand in double quotes.");
    refused("007", "put numbers such as 007 in quotes");
    refused("1 // one", "JSON has no comments");
    refused("\"a\tb\"", "a control character");
    refused("[".repeat(1_001) + "]".repeat(1_001), "line 1 is nested more than 1,000 levels deep");
    refused("9".repeat(1_001), "more than 1,000 figures");
    for (var line : List.of("{\"x\": NaN}", "{'x': 1}", "1 // one", "+1", ".5", "[1,]", "{,}")) {
      assertThatThrownBy(() -> JsonLines.of("x", line.getBytes(UTF_8), 1))
          .isInstanceOf(InputException.class)
          .hasMessageNotContainingAny("Feature", "enable", "ALLOW", "JSON String, Number");
    }
  }

  @Test
  void filesOfAnotherFormatAreNamed() {
    refused(new byte[] {0x1F, (byte) 0x8B, 8, 0}, "items.jsonl is gzip: unpack it first");
    refused(new byte[] {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD}, "is zstd");
    refused("PAR1....".getBytes(UTF_8), "is Parquet");
    refused("\uFEFF1\n".getBytes(UTF_16LE), "is text in UTF-16: save it as UTF-8");
    refused("\uFEFF1\n".getBytes(UTF_16BE), "is text in UTF-16: save it as UTF-8");
    refused(new byte[] {'"', 'c', 'a', 'f', (byte) 0xE9, '"'}, "line 1 is not UTF-8 text");
  }

  @Test
  void aNumberBeyondAllRangeIsRefusedBeforeALanguageMakesInfinityOfIt() {
    refused("{\"a\": [1, 1e400]}", "line 1, column 11: 1e400 is beyond the range of a number");
    refused("-1E+400", "beyond the range");
    var fine = "18446744073709551557\n1e308\n0.1e-400\n" + "9".repeat(400);
    assertThat(JsonLines.of("x", fine.getBytes(UTF_8), 4).payload(0))
        .asString(UTF_8)
        .startsWith("[18446744073709551557,1e308,");
  }

  @Test
  void whatCanBeReadOnlyOnceIsKept() {
    var lines = new ByteArrayInputStream("1\n{\"a\":2}\n3".getBytes(UTF_8));
    try (var input = JsonLines.ofStream("standard input", lines, 2)) {
      assertThat(input.items()).isEqualTo(3);
      assertThat(new String(input.payload(1), UTF_8)).isEqualTo("[3]");
      assertThat(new String(input.payload(0), UTF_8)).isEqualTo("[1,{\"a\":2}]");
    }
  }

  /** A channel would be closed for all readers by the first one that is interrupted. */
  @Test
  void anInterruptedReaderDoesNotCloseTheFileForOthers(@TempDir Path dir) throws IOException {
    var file = Files.writeString(dir.resolve("items.jsonl"), "1\n2\n");
    try (var input = JsonLines.ofFile(file, 1)) {
      Thread.currentThread().interrupt();
      assertThat(new String(input.payload(0), UTF_8)).isEqualTo("[1]");
      assertThat(Thread.interrupted()).isTrue();
      assertThat(new String(input.payload(1), UTF_8)).isEqualTo("[2]");
    }
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

  private static void refused(byte[] lines, String message) {
    refused(lines, 1, message);
  }

  private static void refused(String lines, int batchSize, String message) {
    refused(lines.getBytes(UTF_8), batchSize, message);
  }

  private static void refused(byte[] lines, int batchSize, String message) {
    assertThatThrownBy(() -> JsonLines.of("items.jsonl", lines, batchSize))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }
}
