package dev.batchapi.data.parquet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.data.files.BadRecords;
import dev.batchapi.data.files.FileFormat;
import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.files.RowSink;
import dev.batchapi.data.files.Split;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Stores;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetFilesTest {
  @TempDir Path base;

  @BeforeEach
  void files() throws IOException {
    for (var name : List.of("groups.parquet", "more.parquet", "empty.parquet")) {
      Cut.fixture(base, name);
    }
  }

  @Test
  void batchesSpanGroupsAndFilesAndAreReadInAnyOrder() {
    var cut = new Cut(base, FilesSpec.of(List.of("*.parquet")), 100);
    assertThat(cut.split.items()).isEqualTo(1_050);
    assertThat(cut.split.batches()).isEqualTo(11);
    assertThat(cut.batches).allMatch(ref -> ref.payload() == null);
    for (var batch : List.of(10, 0, 9, 3, 3, 4, 1)) {
      assertThat(cut.payload(batch))
          .isEqualTo(rows(batch * 100, Math.min(1_050, batch * 100 + 100)));
    }
    assertThat(cut.reader.source(cut.batches.get(10), 0)).isEqualTo("more.parquet:1");
    assertThat(cut.reader.source(cut.batches.get(3), 5)).isEqualTo("groups.parquet:306");
  }

  @Test
  void aBatchMayHoldRowsLinesAndWhatIsPacked() throws IOException {
    Files.writeString(base.resolve("n.jsonl"), "1\n2\n");
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write("3\n".getBytes(UTF_8));
    }
    Files.write(base.resolve("o.jsonl.gz"), packed.toByteArray());
    var mixed = List.of("more.parquet", "n.jsonl", "o.jsonl.gz", "groups.parquet");
    var cut = new Cut(base, FilesSpec.of(mixed), 51);
    assertThat(cut.payload(0)).isEqualTo(rows(1_000, 1_050).replace("]", ",1]"));
    assertThat(cut.payload(1)).isEqualTo(rows(0, 49).replace("[", "[2,3,"));
    assertThat(cut.payload(2)).isEqualTo(rows(49, 100));
  }

  @Test
  void aStrictJobReadsEverythingFirst() {
    var spec = new FilesSpec(List.of("groups.parquet"), null, null, null, BadRecords.FAIL);
    var cut = new Cut(base, spec, 1_000);
    assertThat(cut.split).isEqualTo(new Split(1, size("groups.parquet"), 1_000, 1));
    assertThat(cut.payload(0)).isEqualTo(rows(0, 1_000));
  }

  @Test
  void whatIsNoParquetOrCutShortIsNamed() throws IOException {
    refused("empty.parquet is empty", "empty.parquet");
    Files.writeString(base.resolve("a.parquet"), "a,b,c\n1,2,3\n4,5,6\n");
    refused("a.parquet is no Parquet, ends too early, or is damaged", "a.parquet");
    Files.writeString(base.resolve("b.parquet"), "");
    refused("b.parquet is no Parquet file: it has 0 bytes", "b.parquet");
    var whole = Files.readAllBytes(base.resolve("groups.parquet"));
    Files.write(base.resolve("c.parquet"), Arrays.copyOf(whole, whole.length - 9));
    refused("c.parquet is no Parquet, ends too early, or is damaged", "c.parquet");
    Files.write(base.resolve("d.parquet.gz"), whole);
    refused("d.parquet.gz: a Parquet file is read from its end", "d.parquet.gz");
  }

  @Test
  void aDamagedPageFailsTheBatchesOfItsRowsOnly() throws IOException {
    var bytes = Files.readAllBytes(base.resolve("groups.parquet"));
    Arrays.fill(bytes, 4, 40, (byte) 0x55);
    Files.write(base.resolve("groups.parquet"), bytes);
    var cut = new Cut(base, FilesSpec.of(List.of("groups.parquet")), 64);
    assertThatThrownBy(() -> cut.payload(0))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(
            "groups.parquet, row 1 is no Parquet, ends too early, or is damaged");
    assertThat(cut.payload(1)).isEqualTo(rows(64, 128));
  }

  /** Whatever is broken in a file, it is said of the file. */
  @Test
  void noDamageIsAnErrorOfOurs() throws IOException {
    var whole = Files.readAllBytes(base.resolve("groups.parquet"));
    var random = new Random(7);
    var failed = 0;
    for (var i = 0; i < 100; i++) {
      var bytes = whole.clone();
      for (var n = random.nextInt(4); n >= 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      Files.write(base.resolve("x.parquet"), bytes);
      try {
        new Cut(base, FilesSpec.of(List.of("x.parquet")), 1_000).payload(0);
      } catch (InputException e) {
        assertThat(e).hasMessageContaining("x.parquet");
        failed++;
      } catch (FileChangedException e) {
        // Fewer rows than the footer says.
        failed++;
      }
    }
    assertThat(failed).isPositive();
  }

  @Test
  void aBatchThatIsTooLargeIsSaidSo() {
    var spec = FilesSpec.of(List.of("groups.parquet", "more.parquet"));
    var many = new ArrayList<String>();
    for (var i = 0; i < 60; i++) {
      var name = "n%02d.parquet".formatted(i);
      try {
        Files.copy(base.resolve("groups.parquet"), base.resolve(name));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      many.add(name);
    }
    assertThat(new Cut(base, spec, 2_000).payload(0)).hasSizeGreaterThan(20_000);
    var cut = new Cut(base, FilesSpec.of(many), 60_000);
    assertThatThrownBy(() -> cut.payload(0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("up to here the batch has more than 1,048,576 bytes");
  }

  @Test
  void aFileThatChangedIsNeverMixed() throws IOException {
    var cut = new Cut(base, FilesSpec.of(List.of("groups.parquet")), 10);
    assertThat(cut.payload(0)).isEqualTo(rows(0, 10));
    Files.copy(
        base.resolve("more.parquet"),
        base.resolve("groups.parquet"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> cut.payload(99)).isInstanceOf(FileChangedException.class);
  }

  /** A reader that goes on where it was asks for each byte once. */
  @Test
  void littleIsReadForFewRows() {
    var store = new CountingStore(Stores.of(Map.of(), base).of("groups.parquet"));
    var file = Objects.requireNonNull(store.find("groups.parquet"));
    var rows = new ParquetFormat().open(file, store);
    assertThat(rows.count()).isEqualTo(1_000);
    assertThat(store.requests).isEqualTo(1);
    RowSink none = (row, json, length) -> {};
    rows.read(0, 10, none);
    assertThat(store.requests).isEqualTo(2);
    rows.read(10, 20, none);
    rows.read(40, 1, none);
    assertThat(store.requests).isEqualTo(2);
    assertThat(rows.position()).isEqualTo(41);
    rows.read(900, 100, none);
    assertThat(store.requests).isEqualTo(4);
    assertThat(FileFormat.PARQUET).isEqualTo(new ParquetFormat().format());
  }

  @Test
  void whatTheStoreSaysComesThrough() {
    var store = new CountingStore(Stores.of(Map.of(), base).of("groups.parquet"));
    var file = Objects.requireNonNull(store.find("groups.parquet"));
    var rows = new ParquetFormat().open(file, store);
    store.away = true;
    assertThatThrownBy(() -> rows.read(0, 1, (row, json, length) -> {}))
        .isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(() -> new ParquetFormat().open(file, store))
        .isInstanceOf(StoreUnavailableException.class);
  }

  private long size(String name) {
    return base.resolve(name).toFile().length();
  }

  private void refused(String message, String path) {
    assertThatThrownBy(() -> new Cut(base, FilesSpec.of(List.of(path)), 2))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }

  private static String rows(int from, int to) {
    var json = new StringBuilder("[");
    for (var i = from; i < to; i++) {
      json.append(i == from ? "" : ",").append("{\"i\":%d,\"s\":\"row %d\"}".formatted(i, i));
    }
    return json.append("]").toString();
  }

  private static final class CountingStore implements Store {
    private final Store store;
    int requests;
    boolean away;

    CountingStore(Store store) {
      this.store = store;
    }

    @Override
    public void list(String prefix, Consumer<StoredFile> visitor) {
      store.list(prefix, visitor);
    }

    @Override
    public @Nullable StoredFile find(String url) {
      return store.find(url);
    }

    @Override
    public InputStream open(StoredFile file, long offset, long length) {
      requests++;
      if (away) {
        throw new StoreUnavailableException("away", null);
      }
      return store.open(file, offset, length);
    }
  }
}
