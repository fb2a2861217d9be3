package dev.batchapi.data.results;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.batchapi.data.input.Sources;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read from a file is what would be made of it in memory, to the byte. */
class LargeJsonTest {
  private static final List<String> RESULTS =
      List.of(
          "[]",
          " [ ] ",
          "[1,2]",
          "\r\n [ {\"a\": [1, \"]\"],\n\"b\\\"\": \"\\\\\"} ,\t-1.50e3\r\n ] \n",
          "[\"é\\ud83d😀,[\", null]",
          "[[[],{}],{\"k\":[{}]}]",
          "{\"no\": \"list\"}",
          " 12 ",
          "\"[1,2]\"",
          "[true,\"" + "x,]\\\"".repeat(40_000) + "\"]");

  private static final BatchItems PAYLOAD =
      BatchItems.of("[{\"n\": 1},\n \"two\"]".getBytes(UTF_8));

  private static final Sources PLACES =
      new Sources() {
        @Override
        public String source(int batch, int item) {
          return "f:" + item;
        }

        @Override
        public String source(int batch) {
          return "f";
        }
      };

  @TempDir private Path folder;

  @Test
  void itsElementsStandWhereAParserFindsThem() throws IOException {
    for (var json : RESULTS) {
      var found = new ArrayList<String>();
      try (var large = LargeJson.of(json.getBytes(UTF_8))) {
        var count = large.elements((index, part) -> found.add(text(part)));
        var list = JsonText.list(json);
        assertThat(count).isEqualTo(list == null ? -1 : list.size());
        assertThat(text(large.value())).isEqualTo(json.strip());
      }
      assertThat(found).isEqualTo(Objects.requireNonNullElse(JsonText.list(json), List.of()));
    }
  }

  private static String text(LargeJson.Part part) throws IOException {
    var out = new ByteArrayOutputStream();
    part.to(out);
    return out.toString(UTF_8);
  }

  @Test
  void itsLinesAreThoseOfTheSameResultInMemory() throws IOException {
    for (var perItem : List.of(true, false)) {
      for (var payload : new @Nullable BatchItems[] {null, PAYLOAD, BatchItems.unread("gone")}) {
        var inMemory = new ArrayList<String>();
        var inFile = new ArrayList<String>();
        var one = new ResultLines("j", PLACES, perItem);
        var other = new ResultLines("j", PLACES, perItem);
        for (var batch = 0; batch < RESULTS.size(); batch++) {
          var json = RESULTS.get(batch).getBytes(UTF_8);
          if (payload == null) {
            one.result(batch, 2 * batch, 2, json, line -> inMemory.add(new String(line, UTF_8)));
          } else {
            one.result(
                batch, 2 * batch, 2, json, payload, line -> inMemory.add(new String(line, UTF_8)));
          }
          try (var large = LargeJson.of(json)) {
            other.result(
                batch, 2 * batch, 2, large, payload, line -> inFile.add(new String(line, UTF_8)));
          }
        }
        assertThat(inFile).isEqualTo(inMemory).hasSizeGreaterThan(RESULTS.size() - 1);
        assertThat(other.remark()).isEqualTo(one.remark());
      }
    }
  }

  @Test
  void linesOfItemsThatFailedAloneToo() throws IOException {
    var failed = List.of(new ResultLines.FailedItem(1, 3, TextNode.valueOf("bad")));
    for (var withItems : List.of(true, false)) {
      var inMemory = new ArrayList<String>();
      var inFile = new ArrayList<String>();
      var lines = new ResultLines("j");
      lines.items(
          0,
          0,
          List.of("{\"a\": 1}", "null"),
          failed,
          PAYLOAD,
          withItems,
          line -> inMemory.add(new String(line, UTF_8)),
          line -> inMemory.add("error " + new String(line, UTF_8)));
      try (var large = LargeJson.of("[{\"a\": 1}, null]".getBytes(UTF_8))) {
        lines.items(
            0,
            0,
            large,
            failed,
            PAYLOAD,
            withItems,
            line -> inFile.add(new String(line, UTF_8)),
            line -> inFile.add("error " + new String(line, UTF_8)));
      }
      assertThat(inFile).isEqualTo(inMemory).hasSize(2);
    }
    try (var large = LargeJson.of("{}".getBytes(UTF_8))) {
      assertThatThrownBy(() -> lines(large, failed)).hasMessage("it is no list");
    }
  }

  private static void lines(LargeJson large, List<ResultLines.FailedItem> failed)
      throws IOException {
    new ResultLines("j").items(0, 0, large, failed, PAYLOAD, false, line -> {}, line -> {});
  }

  @Test
  void aFileOfLinesTakesItAPieceAtATimeWithTheSameCountsAndDigest() throws IOException {
    var json = ("[\"" + "y\n".repeat(300_000).replace("\n", "") + "\",\n 2]").getBytes(UTF_8);
    List<Manifest.File> inMemory;
    List<Manifest.File> inFile;
    try (var files = LineFiles.results(this::open, 200_000)) {
      new ResultLines("j").result(0, 0, 3, json, files::write);
      new ResultLines("j").result(1, 0, 2, json, files::write);
      inMemory = files.finish();
    }
    try (var files = LineFiles.results(this::open, 200_000);
        var large = LargeJson.of(json)) {
      new ResultLines("j").result(0, 0, 3, large, null, files);
      new ResultLines("j").result(1, 0, 2, large, null, files);
      inFile = files.finish();
    }
    assertThat(inFile).isEqualTo(inMemory).hasSize(3);
  }

  private OutputStream open(String name) throws IOException {
    return Files.newOutputStream(folder.resolve(name));
  }
}
