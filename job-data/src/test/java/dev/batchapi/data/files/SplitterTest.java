package dev.batchapi.data.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.github.luben.zstd.Zstd;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitterTest {
  @TempDir Path base;

  @Test
  void batchesSpanFilesAndAreReadWhereTheyAre() throws IOException {
    Cut.write(base, "a.jsonl", "1\n{\"a\":2}\n3\n");
    Cut.write(base, "b.jsonl", "");
    Cut.write(base, "c.jsonl", "4\n5");
    var cut = Cut.of(base, 2, "*.jsonl");
    assertThat(cut.payloads()).containsExactly("[1,{\"a\":2}]", "[3,4]", "[5]");
    assertThat(cut.split).isEqualTo(new Split(3, 15, 5, 3));
    assertThat(cut.sources())
        .containsExactly("a.jsonl:1", "a.jsonl:2", "a.jsonl:3", "c.jsonl:1", "c.jsonl:2");
    assertThat(cut.batches).allMatch(ref -> ref.payload() == null);
    assertThat(cut.batches.get(1).parts()).hasSize(2);
  }

  @Test
  void blankLinesDoNotCountAndEachItemKnowsItsLine() throws IOException {
    Cut.write(base, "a.jsonl", "\uFEFF\n \n1\r\n2\n\n\n3\n\n4\n");
    var cut = Cut.of(base, 3, "a.jsonl");
    assertThat(cut.payloads()).containsExactly("[1\r,2,3]", "[4]");
    assertThat(cut.sources()).containsExactly("a.jsonl:3", "a.jsonl:4", "a.jsonl:7", "a.jsonl:9");
  }

  @Test
  void linesAreStrings() throws IOException {
    Cut.write(base, "a.txt", "\uFEFFone \"quoted\"\r\n\ntab\there \\ é😀\nlast");
    var cut = Cut.of(base, 2, "a.txt");
    assertThat(cut.payloads())
        .containsExactly("[\"one \\\"quoted\\\"\",\"tab\\there \\\\ é😀\"]", "[\"last\"]");
    assertThat(cut.sources()).containsExactly("a.txt:1", "a.txt:3", "a.txt:4");
    Cut.write(base, "b.txt", new byte[] {'a', '\n', 'c', (byte) 0xE9, '\n'});
    refused("b.txt, line 2 is not UTF-8 text", "b.txt");
  }

  @Test
  void pathsAreItemsAndNothingIsReadOfThem() throws IOException {
    Cut.write(base, "a.png", "\0");
    Cut.write(base, "b \".png", "");
    var spec = new FilesSpec(List.of("*.png"), List.of(), FileFormat.PATHS, null, null);
    var cut = Cut.of(spec, 10, base);
    assertThat(cut.payloads())
        .containsExactly("[\"%1$s/a.png\",\"%1$s/b \\\".png\"]".formatted(base));
    assertThat(cut.sources()).containsExactly("a.png", "b \".png");
  }

  @Test
  void whatIsPackedTravelsAsPayload() throws IOException {
    Cut.write(base, "a.jsonl.gz", join(Cut.gzip("1\n2\n"), Cut.gzip("\n3\n")));
    Cut.write(base, "b.jsonl", "4\n5\n6\n");
    Cut.write(
        base,
        "c.jsonl.zst",
        join(Zstd.compress("7\n".getBytes(UTF_8)), Zstd.compress("8".getBytes(UTF_8))));
    Cut.write(base, "d.csv.gz", Cut.gzip("x\n9\n"));
    var cut = Cut.of(base, 2, "*");
    assertThat(cut.payloads())
        .containsExactly("[1,2]", "[3,4]", "[5,6]", "[7,8]", "[{\"x\":\"9\"}]");
    assertThat(cut.batches.stream().map(ref -> ref.payload() != null))
        .containsExactly(true, true, false, true, true);
    assertThat(cut.sources())
        .startsWith("a.jsonl.gz:1", "a.jsonl.gz:2", "a.jsonl.gz:4", "b.jsonl:1");
  }

  @Test
  void whatIsPackedAndCutShortOrDamagedIsNamed() throws IOException {
    var whole = Cut.gzip("1\n".repeat(10_000));
    Cut.write(base, "a.jsonl.gz", Arrays.copyOf(whole, whole.length - 9));
    refused("a.jsonl.gz can't be unpacked: it ends too early, or is damaged", "a.jsonl.gz");
    Cut.write(base, "b.jsonl.zst", Arrays.copyOf(Zstd.compress(new byte[10_000]), 12));
    refused("b.jsonl.zst can't be unpacked", "b.jsonl.zst");
    Cut.write(base, "c.jsonl.gz", "1\n");
    refused("c.jsonl.gz can't be unpacked", "c.jsonl.gz");
  }

  @Test
  void aBrokenLineIsNamedWithFileLineAndColumn() throws IOException {
    Cut.write(base, "a.jsonl", "1\n");
    Cut.write(base, "b.jsonl", "1\n\n{\"a\": }\n");
    refused("b.jsonl, line 3, column 7 is not JSON", "a.jsonl", "b.jsonl");
    Cut.write(base, "c.jsonl", Cut.gzip("1\n"));
    refused("c.jsonl is gzip", "c.jsonl");
  }

  @Test
  void aBrokenLineFailsItsItemOnly() throws IOException {
    Cut.write(base, "a.jsonl", "1\n2\n3\n4 5\n}\n6\n7");
    var cut = Cut.of(base, 3, "a.jsonl");
    assertThat(cut.split.items()).isEqualTo(7);
    assertThat(cut.payloads()).containsExactly("[1,2,3]", "[null,null,6]", "[7]");
    assertThat(cut.unreadable(0)).isEmpty();
    assertThat(cut.unreadable(1))
        .containsExactly(
            entry(0, "a.jsonl, line 4, column 3: more than one JSON value on the line."),
            entry(1, cut.unreadable(1).get(1)));
    assertThat(cut.unreadable(1).get(1)).startsWith("a.jsonl, line 5, column 1 is not JSON");
    assertThat(cut.sources()).hasSize(7).startsWith("a.jsonl:1").endsWith("a.jsonl:7");
  }

  @Test
  void soItIsWhenItsBatchCarriesItsItems() throws IOException {
    Cut.write(base, "a.jsonl", "0\n}\n");
    Cut.write(base, "b.jsonl.gz", Cut.gzip("\"a text\"\n}\n2\n"));
    var cut = Cut.of(base, 4, "a.jsonl", "b.jsonl.gz");
    assertThat(cut.payloads()).containsExactly("[0,null,\"a text\",null]", "[2]");
    assertThat(cut.unreadable(0)).containsOnlyKeys(1, 3);
    assertThat(cut.unreadable(0).get(1)).contains("a.jsonl, line 2, column 1");
    assertThat(cut.unreadable(0).get(3)).contains("b.jsonl.gz, line 2, column 1");
  }

  @Test
  void whateverIsWrongWithAnItemTheOthersOfItsBatchAreRead() throws IOException {
    var bad = new byte[] {(byte) 0xC3, (byte) 0x28};
    Cut.write(base, "a.txt", join(join("x\n".getBytes(UTF_8), bad), "\ny\n".getBytes(UTF_8)));
    Cut.write(base, "b.csv", "n,t\n1,a\n2\n3,c\n");
    Cut.write(base, "c.jsonl", "\"\u00e9\"\n\"" + "[".repeat(3) + "\n{\"n\": 1e999}\n4\n");
    var cut = Cut.of(base, 10, "a.txt", "b.csv", "c.jsonl");
    assertThat(cut.payloads())
        .containsExactly(
            "[\"x\",null,\"y\",{\"n\":\"1\",\"t\":\"a\"},null,{\"n\":\"3\",\"t\":\"c\"},"
                + "\"\u00e9\",null,null,4]");
    assertThat(cut.unreadable(0)).containsOnlyKeys(1, 4, 7, 8);
    assertThat(cut.unreadable(0).get(1)).startsWith("a.txt, line 2");
    assertThat(cut.unreadable(0).get(4)).startsWith("b.csv, line 3: the row has 1 field");
    assertThat(cut.unreadable(0).get(8)).contains("beyond the range");
  }

  @Test
  void aLineThatIsTooLongFailsItsItemOnly() throws IOException {
    var line = "\"" + "x".repeat(2 << 20) + "\"";
    for (var name : List.of("a.jsonl", "a.txt")) {
      Cut.write(base, name, "1\n" + line + "\n\n3\n" + line);
      var cut = Cut.of(base, 4, name);
      assertThat(cut.sources()).containsExactly(name + ":1", name + ":2", name + ":4", name + ":5");
      assertThat(cut.payload(0)).matches("\\[\"?1\"?,null,\"?3\"?,null]");
      assertThat(cut.unreadable(0).get(1)).contains(name + ", line 2: the item has");
      assertThat(cut.unreadable(0).get(3)).contains(name + ", line 5: the item has");
    }
  }

  /** Of many lines some are checked while others are read. */
  @Test
  void linesOfALargeFileAreCheckedInTheirOrder() throws IOException {
    var lines = new StringBuilder("\uFEFF");
    for (var i = 0; i < 20_000; i++) {
      switch (i) {
        case 9_000, 19_999 -> lines.append("}\n");
        case 12_345 -> lines.append('"').append("x".repeat(600_000)).append("\"\n\n");
        case 12_346 -> lines.append('"').append("x".repeat(2 << 20)).append("\"\n");
        default -> lines.append("{\"i\": %d, \"t\": \"%s\"}\n".formatted(i, "é".repeat(i % 60)));
      }
    }
    Cut.write(base, "a.jsonl", lines.toString());
    var cut = Cut.of(base, 100, "a.jsonl");
    assertThat(cut.split.items()).isEqualTo(20_000);
    for (var batch = 1; batch < cut.batches.size(); batch++) {
      if (batch != 90) {
        assertThat(cut.payload(batch)).startsWith("[{\"i\": %d00, ".formatted(batch));
      }
    }
    assertThat(cut.payload(90)).startsWith("[null,{\"i\": 9001, ");
    assertThat(cut.payload(123)).contains("\"i\": 12344,", "xxx\",null,{\"i\": 12347,");
    assertThat(cut.sources()).contains("a.jsonl:12345", "a.jsonl:12346", "a.jsonl:12348");
    assertThat(cut.unreadable(90)).containsOnlyKeys(0);
    assertThat(cut.unreadable(90).get(0)).startsWith("a.jsonl, line 9001, column 1 is not JSON");
    assertThat(cut.unreadable(123)).containsOnlyKeys(46);
    assertThat(cut.unreadable(199)).containsOnlyKeys(99);
    refused("a.jsonl, line 9001, column 1 is not JSON", "a.jsonl");
  }

  @Test
  void whatIsWrongBeforeAFileBreaksOffIsSaid() throws IOException {
    var numbers = new Random(1).ints(100_000).mapToObj(Integer::toString).collect(joining("\n"));
    var whole = Cut.gzip("1\n}\n" + numbers);
    Cut.write(base, "a.jsonl.gz", Arrays.copyOf(whole, whole.length - 9));
    refused("a.jsonl.gz, line 2, column 1", "a.jsonl.gz");
  }

  @Test
  void aLargeItemOrBatchIsRefusedWithItsSize() throws IOException {
    Cut.write(base, "a.jsonl", "1\n\"" + "x".repeat(2 << 20) + "\"\n");
    refused("a.jsonl, line 2: the item has more than 1,048,576 bytes", "a.jsonl");
    var half = "\"" + "x".repeat(600_000) + "\"\n";
    Cut.write(base, "b.jsonl", half);
    Cut.write(base, "c.jsonl", half);
    refused("Batch 0 (c.jsonl, up to line 1) has 1,200,007 bytes", "b.jsonl", "c.jsonl");
    assertThat(Cut.of(base, 1, "b.jsonl", "c.jsonl").split.batches()).isEqualTo(2);
  }

  @Test
  void filesWithoutItemsAreRefused() throws IOException {
    Cut.write(base, "a.jsonl", "");
    Cut.write(base, "b.csv", "name,age\r\n");
    refused("The input has no items: a.jsonl is empty", "a.jsonl");
    Cut.write(base, "c.jsonl", "\n\n");
    refused("no items: b.csv has no rows below its header.", "b.csv");
    refused("no items: c.jsonl has nothing but empty lines.", "c.jsonl");
    refused("no items: none of 2 files has one.", "a.jsonl", "b.csv");
    Files.delete(base.resolve("b.csv"));
    Cut.write(base, "b.csv", "");
    refused("no items: all 2 files are empty.", "a.jsonl", "b.csv");
  }

  @Test
  void anotherDelimiterThanACommaIsNamed() throws IOException {
    Cut.write(base, "a.csv", "name;age\r\nann;7\r\n");
    refused("a.csv, line 1: the header has no comma, and is one column \"name;age\"", "a.csv");
    Cut.write(base, "wide.csv", "temperature;".repeat(200) + "end\n1\n");
    refused("temperature;t…\". If \";\" is between its columns", "wide.csv");
    refused("say so in the BatchJob by input.files.csv.delimiter: \";\"", "a.csv");
    Cut.write(base, "b.csv", "name\tage\nann\t7\n");
    refused("input.files.csv.delimiter: \"\\t\"", "b.csv");
    var oneColumn = new FilesSpec(List.of("a.csv"), null, null, new CsvOptions(null, ","), null);
    assertThat(Cut.of(oneColumn, 1, base).payloads()).containsExactly("[{\"name;age\":\"ann;7\"}]");
    var columns = new FilesSpec(List.of("a.csv"), null, null, new CsvOptions(null, ";"), null);
    assertThat(Cut.of(columns, 1, base).payloads())
        .containsExactly("[{\"name\":\"ann\",\"age\":\"7\"}]");
  }

  @Test
  void aSuffixThatSaysNothingIsNamed() throws IOException {
    Cut.write(base, "a.dat", "1");
    refused("a.dat: its suffix is none of", "a.dat");
    var spec = new FilesSpec(List.of("a.dat"), null, FileFormat.JSONL, null, null);
    assertThat(Cut.of(spec, 1, base).payloads()).containsExactly("[1]");
  }

  @Test
  void aFileThatChangedIsOneClearFailureAndNeverAMix() throws IOException {
    Cut.write(base, "a.jsonl", "1\n2\n");
    var cut = Cut.of(base, 1, "a.jsonl");
    Cut.write(base, "a.jsonl", "1\n2\n3\n");
    assertThatThrownBy(() -> cut.payload(0))
        .isInstanceOf(FileChangedException.class)
        .hasMessageContaining("a.jsonl changed since it was listed: it is another version");
    Files.delete(base.resolve("a.jsonl"));
    assertThatThrownBy(() -> cut.payload(0))
        .isInstanceOf(FileChangedException.class)
        .hasMessageContaining("it is gone");
  }

  @Test
  void anyBatchOfALargeFileIsReadAlone() throws IOException {
    var lines = new StringBuilder();
    for (var i = 0; i < 100_000; i++) {
      lines.append("{\"i\":").append(i).append("}\n");
    }
    Cut.write(base, "a.jsonl", lines.toString());
    var cut = Cut.of(base, 7, "a.jsonl");
    assertThat(cut.split.batches()).isEqualTo(14_286);
    assertThat(cut.payload(14_285)).startsWith("[{\"i\":99995},").endsWith("{\"i\":99999}]");
    assertThat(cut.payload(9_000)).startsWith("[{\"i\":63000},");
    assertThat(cut.reader.source(cut.batches.get(9_000), 6)).isEqualTo("a.jsonl:63007");
  }

  private void refused(String message, String... paths) {
    assertThatThrownBy(() -> Cut.of(Cut.strict(paths), 2, base))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }

  private static byte[] join(byte[] one, byte[] two) {
    var both = Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, both, one.length, two.length);
    return both;
  }

  @Test
  void aFileOfWhichALotIsReadTellsOfItBeforeItsEnd() throws IOException {
    Cut.write(base, "a.jsonl", "1\n".repeat(200_000));
    Cut.write(base, "b.jsonl", "2\n");
    Cut.write(base, "c.jsonl", "");
    var spec = FilesSpec.of(List.of("*.jsonl"));
    var found = new ArrayList<Integer>();
    var told = new ArrayList<SplitListener.Reached>();
    var listener =
        new SplitListener() {
          @Override
          public void found(int files) {
            found.add(files);
          }

          @Override
          public void reached(Reached reached) {
            told.add(reached);
          }
        };
    try (var stores = Stores.of(Map.of(), base)) {
      var files = Listing.of(spec, stores, listener);
      new Splitter(files, spec, 100_000, stores, listener).split((index, ref) -> {});
    }

    assertThat(found).containsExactly(1, 2, 3);
    assertThat(told)
        .anySatisfy(
            reached -> {
              assertThat(reached.files()).isZero();
              assertThat(reached.bytes()).isBetween(1L, 399_999L);
            });
    assertThat(told.getLast()).isEqualTo(new SplitListener.Reached(3, 400_002, 200_001, 2));
    assertThat(told).isSortedAccordingTo(Comparator.comparingLong(SplitListener.Reached::bytes));
  }
}
