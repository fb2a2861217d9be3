package dev.batchapi.data.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesInputTest {
  private static final int ITEMS = 200;
  private static final String ITEM = "\"" + "x".repeat(5_000) + "\"\n";

  @TempDir private Path folder;

  /** The items of a compressed file stand in its batches themselves. */
  @Test
  void toSayWhereItemsStandABatchIsReadOnce() throws IOException {
    try (var out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("a.jsonl.gz")))) {
      for (var i = 0; i < 2 * ITEMS; i++) {
        out.write(ITEM.getBytes(UTF_8));
      }
    }
    try (var input = input("a.jsonl.gz", ITEMS)) {
      var memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      var before = memory.getCurrentThreadAllocatedBytes();
      for (var batch = 0; batch < 2; batch++) {
        for (var item = 0; item < ITEMS; item++) {
          var line = batch * ITEMS + item + 1;
          assertThat(input.source(batch, item)).isEqualTo("a.jsonl.gz:" + line);
        }
      }
      assertThat(input.source(0)).isEqualTo("a.jsonl.gz:1 to a.jsonl.gz:200");
      var allocated = memory.getCurrentThreadAllocatedBytes() - before;
      assertThat(allocated).isLessThan(20L * ITEMS * ITEM.length());
    }
  }

  /** A run may be resumed from another shell. */
  @Test
  void theFingerprintIsTheSameInAnyLanguage() throws IOException {
    Files.writeString(folder.resolve("a.jsonl"), "1\n".repeat(10));
    var before = Locale.getDefault();
    try (var input = input("a.jsonl", 5)) {
      var fingerprint = input.fingerprint();
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertThat(input.fingerprint()).isEqualTo(fingerprint);
    } finally {
      Locale.setDefault(before);
    }
  }

  private FilesInput input(String path, int batchSize) {
    return new FilesInput(FilesSpec.of(List.of(path)), batchSize, Stores.of(Map.of(), folder));
  }
}
