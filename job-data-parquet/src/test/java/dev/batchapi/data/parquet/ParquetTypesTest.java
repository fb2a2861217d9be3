package dev.batchapi.data.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.data.files.BadRecords;
import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.input.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of columns' types; {@code make.py} beside the files says what is in them. */
class ParquetTypesTest {
  @TempDir Path base;

  @ParameterizedTest
  @ValueSource(strings = {"types.parquet", "types-v2.parquet"})
  void eachTypeIsExactInJson(String name) throws IOException {
    var cut = cut(name);
    assertThat(cut.payload(0))
        .isEqualTo(
            "[{\"int8\":1,\"int64\":2,\"uint32\":3,\"uint64\":4,\"float16\":0.5,\"float32\":0.1,\"float64\":0.1,\"bool\":true,"
                + "\"text\":\"é \\\"😀\\\"\",\"replaced\":\"\uFFFD\",\"bytes\":\"AP8=\",\"decimal9\":\"1.50\",\"decimal38\":\"0.10\","
                + "\"date\":\"2026-11-29\",\"time\":\"01:02:03\",\"millis\":\"2026-11-29T12:34:56.789\","
                + "\"micros\":\"2026-11-29T12:34:56.789123Z\",\"nanos\":\"1970-01-01T00:00:00.000000001\",\"category\":\"a\","
                + "\"uuid\":\"00010203-0405-0607-0809-0a0b0c0d0e0f\"}]");
    assertThat(cut.payload(1))
        .startsWith("[{\"int8\":null,\"int64\":null,")
        .doesNotContain("0", "\"\"");
    assertThat(cut.payload(2))
        .isEqualTo(
            "[{\"int8\":-128,\"int64\":-9223372036854775808,\"uint32\":4294967295,\"uint64\":18446744073709551615,"
                + "\"float16\":null,\"float32\":null,\"float64\":null,\"bool\":false,\"text\":\"\",\"replaced\":\"x\",\"bytes\":\"\","
                + "\"decimal9\":\"-99.99\",\"decimal38\":\"-123456789012345678901234567890123456.78\",\"date\":\"0001-01-01\","
                + "\"time\":\"23:59:59.999999\",\"millis\":\"1969-12-31T23:59:59\",\"micros\":\"0001-01-01T00:00:00Z\","
                + "\"nanos\":\"1969-12-31T23:59:59.999999999\",\"category\":\"b\",\"uuid\":\"00000000-0000-0000-0000-000000000000\"}]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nested.parquet", "nested-v2.parquet"})
  void listsStructsAndMapsNest(String name) throws IOException {
    var cut = cut(name);
    assertThat(cut.payload(0))
        .isEqualTo(
            "[{\"list\":[1,null,3],\"lists\":[[1],[]],\"struct\":{\"x\":1,\"tags\":[\"a\",null]},"
                + "\"structs\":[{\"x\":1,\"tags\":[]},null],\"map\":{\"a\":1,\"b\":null},\"points\":[{\"key\":{\"x\":1},\"value\":2}],\"numbers\":{\"1\":[1.5]}}]");
    assertThat(cut.payload(1))
        .isEqualTo(
            "[{\"list\":[],\"lists\":null,\"struct\":{\"x\":null,\"tags\":null},\"structs\":[],\"map\":{},\"points\":null,\"numbers\":null}]");
    assertThat(cut.payload(2))
        .isEqualTo(
            "[{\"list\":null,\"lists\":[[2,3]],\"struct\":null,\"structs\":null,\"map\":null,\"points\":[],\"numbers\":{}}]");
  }

  @Test
  void timesOfOldWritersAreRead() throws IOException {
    assertThat(cut("types-int96.parquet").payload(0))
        .isEqualTo("[{\"t\":\"2026-11-29T12:34:56.789123\"}]");
  }

  @Test
  void textThatIsNotUtf8IsNamedAndItsNeighboursAreRead() throws IOException {
    var cut = cut("not-utf8.parquet");
    assertThat(cut.payload(0)).isEqualTo("[{\"s\":\"good\"}]");
    assertThat(cut.payload(1)).isEqualTo("[null]");
    assertThat(cut.unreadable(1))
        .isEqualTo(Map.of(0, "not-utf8.parquet, row 2: column s is not UTF-8 text."));
    assertThat(cut.payload(2)).isEqualTo("[{\"s\":\"good\"}]");
    var strict = new FilesSpec(List.of("not-utf8.parquet"), null, null, null, BadRecords.FAIL);
    assertThatThrownBy(() -> new Cut(base, strict, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("not-utf8.parquet, row 2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "codec-none.parquet",
        "codec-snappy.parquet",
        "codec-gzip.parquet",
        "codec-zstd.parquet",
        "delta.parquet"
      })
  void eachCodecGivesTheSameRows(String name) throws IOException {
    assertThat(cut(name).payload(99)).isEqualTo("[{\"i\":99,\"s\":\"row 99\"}]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lz4", "brotli"})
  void otherCodecsAreNamedWithTheWayOut(String codec) throws IOException {
    var cut = cut("codec-" + codec + ".parquet");
    assertThatThrownBy(() -> cut.payload(0))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(
            "codec-" + codec + ".parquet, row 1 can't be read: it is compressed with")
        .hasMessageContaining("snappy, gzip, zstd and none are read here");
  }

  private Cut cut(String name) throws IOException {
    Cut.fixture(base, name);
    return new Cut(base, FilesSpec.of(List.of(name)), 1);
  }
}
