package dev.batchapi.data.files;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.data.input.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvTest {
  @TempDir Path base;

  @Test
  void eachRowIsAnObjectOfStrings() throws IOException {
    assertThat(cut("name,age\nAda,36\n\"Grace \"\"Amazing\"\" H\",\n", 10).payloads())
        .containsExactly(
            "[{\"name\":\"Ada\",\"age\":\"36\"},{\"name\":\"Grace \\\"Amazing\\\" H\",\"age\":\"\"}]");
  }

  @Test
  void rowsAreCutAtTheirBordersAndKnowTheirLines() throws IOException {
    var csv = "\uFEFFid,text\r\n1,\"two\r\nlines, é\"\r\n\r\n2,plain\r\n3,\"\"\"\"\r\n4,last";
    var cut = cut(csv, 1);
    assertThat(cut.payloads())
        .containsExactly(
            "[{\"id\":\"1\",\"text\":\"two\\r\\nlines, é\"}]",
            "[{\"id\":\"2\",\"text\":\"plain\"}]",
            "[{\"id\":\"3\",\"text\":\"\\\"\"}]",
            "[{\"id\":\"4\",\"text\":\"last\"}]");
    assertThat(cut.batches).allMatch(ref -> ref.payload() == null);
    assertThat(cut.sources()).containsExactly("a.csv:2", "a.csv:5", "a.csv:6", "a.csv:7");
    assertThat(cut(csv, 3).sources()).containsExactly("a.csv:2", "a.csv:5", "a.csv:6", "a.csv:7");
    assertThat(cut(csv, 3).payload(0)).contains("lines, é").contains("plain");
  }

  @Test
  void otherDelimitersAndFilesWithoutAHeader() throws IOException {
    assertThat(cut("a;b\n1;\"2;3\"\n", 1, null, ";").payloads())
        .containsExactly("[{\"a\":\"1\",\"b\":\"2;3\"}]");
    assertThat(cut("1\t2\n3\t4\n", 1, false, "\t").payloads())
        .containsExactly("[{\"c0\":\"1\",\"c1\":\"2\"}]", "[{\"c0\":\"3\",\"c1\":\"4\"}]");
    assertThatThrownBy(() -> new CsvOptions(null, ";;"))
        .hasMessageContaining("one ASCII character");
    assertThatThrownBy(() -> new CsvOptions(null, "\"")).hasMessageContaining("no quote");
  }

  @Test
  void raggedRowsAreNamed() {
    refused("a,b\n1,2\n3\n", "a.csv, line 3: the row has 1 field, the header 2.");
    refused("a,b\n1,2,3\n", "a.csv, line 2: the row has 3 fields, the header 2.");
  }

  @Test
  void aRowThatCantBeReadFailsItsItemOnly() throws IOException {
    Cut.write(base, "a.csv", "a,b\n1,2\n3\n5,6\n");
    var cut = Cut.of(base, 2, "a.csv");
    assertThat(cut.payload(0)).isEqualTo("[{\"a\":\"1\",\"b\":\"2\"},null]");
    assertThat(cut.payload(1)).isEqualTo("[{\"a\":\"5\",\"b\":\"6\"}]");
    assertThat(cut.unreadable(0).get(1)).contains("a.csv, line 3: the row has 1 field");
  }

  @Test
  void anUnclosedQuoteIsNamedWhereItOpens() {
    refused("a,b\n1,2\n3,\"4\n5,6\n", "a.csv, line 3: a quote is opened there and never closed");
    refused(
        "a,b\n1,\"" + "2,3\n".repeat(400_000),
        "line 2: the row has more than 1,048,576 bytes, which is the limit of a payload. The quote in line 2 is perhaps not closed.");
  }

  @Test
  void whatStandsBehindAClosedQuoteIsNamed() {
    refused("a,b\n1,2\n\"3\"x,4\n", "a.csv, line 3 is not CSV");
  }

  @Test
  void headersAreUnambiguous() {
    refused("a,b,a\n1,2,3\n", "a.csv, line 1: the header has the column \"a\" twice");
    refused("a,\n1,2\n", "a.csv, line 1: column 2 of the header has no name");
  }

  @Test
  void anotherEncodingIsNamed() throws IOException {
    refused(
        new byte[] {'a', '\n', '1', '\n', (byte) 0xE9, '\n'}, "a.csv, line 3 is not UTF-8 text");
    refused("\uFEFFa\n1\n".getBytes(UTF_16LE), "a.csv is text in UTF-16: save it as UTF-8");
  }

  @Test
  void quotedNothingInASingleColumnIsARow() throws IOException {
    assertThat(cut("a\n1\n\"\"\n\n2\n", 1).payloads())
        .containsExactly("[{\"a\":\"1\"}]", "[{\"a\":\"\"}]", "[{\"a\":\"2\"}]");
  }

  /** The parser and the cutter must see the same rows whatever stands in them. */
  @Test
  void rowsReadOneByOneAreTheRowsReadAtOnce() throws IOException {
    var random = new Random(7);
    for (var run = 0; run < 60; run++) {
      var csv = new StringBuilder("a,b\n");
      for (var row = 0; row < 12; row++) {
        csv.append(field(random)).append(',').append(field(random)).append(lineEnd(random));
      }
      var one = String.join("", cut(csv.toString(), 1).payloads()).replace("][", ",");
      assertThat(one).isEqualTo(cut(csv.toString(), 1_000).payload(0));
    }
  }

  private static String field(Random random) {
    if (random.nextInt(3) == 0) {
      return List.of("x", "é y", "a\"b", " ").get(random.nextInt(4));
    }
    var text = new StringBuilder();
    for (var i = random.nextInt(5); i > 0; i--) {
      text.append(List.of("x", "é", "\"\"", ",", "\n", "\r\n", "\r", " ").get(random.nextInt(8)));
    }
    return "\"" + text + "\"";
  }

  private static String lineEnd(Random random) {
    return List.of("\n", "\r\n", "\r", "\n\n", "\r\n\r\n").get(random.nextInt(5));
  }

  private Cut cut(String csv, int batchSize) throws IOException {
    return cut(csv, batchSize, null, null);
  }

  private Cut cut(String csv, int batchSize, @Nullable Boolean header, @Nullable String delimiter)
      throws IOException {
    Cut.write(base, "a.csv", csv);
    var options = new CsvOptions(header, delimiter);
    return Cut.of(
        new FilesSpec(List.of("a.csv"), null, null, options, BadRecords.FAIL), batchSize, base);
  }

  private void refused(String csv, String message) {
    assertThatThrownBy(() -> cut(csv, 2))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }

  private void refused(byte[] csv, String message) throws IOException {
    Cut.write(base, "a.csv", csv);
    assertThatThrownBy(() -> Cut.of(Cut.strict("a.csv"), 2, base))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }
}
