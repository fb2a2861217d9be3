package dev.batchapi.data.results;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LineFilesTest {
  private final Map<String, ByteArrayOutputStream> written = new LinkedHashMap<>();

  /** Programs look for them, on whichever machine. */
  @Test
  void namesHaveTheSameDigitsEverywhere() throws Exception {
    var before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      var _ = LineFiles.results(this::open, 8).finish();
    } finally {
      Locale.setDefault(before);
    }
    assertThat(written).containsOnlyKeys("results-00000.jsonl");
  }

  @Test
  void aFileEndsBeforeTheLineThatWouldBeTooMuch() throws Exception {
    var files = LineFiles.results(this::open, 8);
    for (var line : List.of("123\n", "456\n", "7\n", "a line of its own\n", "8\n")) {
      files.write(line.getBytes(UTF_8));
    }
    var finished = files.finish();

    assertThat(written)
        .extractingFromEntries(entry -> entry.getKey() + ": " + entry.getValue().toString(UTF_8))
        .containsExactly(
            "results-00000.jsonl: 123\n456\n",
            "results-00001.jsonl: 7\n",
            "results-00002.jsonl: a line of its own\n",
            "results-00003.jsonl: 8\n");
    assertThat(finished).extracting(Manifest.File::lines).containsExactly(2L, 1L, 1L, 1L);
    for (var file : finished) {
      var content = Objects.requireNonNull(written.get(file.name())).toByteArray();
      assertThat(file.bytes()).isEqualTo(content.length);
      assertThat(file.sha256())
          .isEqualTo(
              HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content)));
    }
  }

  @Test
  void withoutAnyLineThereIsOneEmptyFile() throws Exception {
    assertThat(LineFiles.results(this::open, 8).finish())
        .containsExactly(
            new Manifest.File(
                "results-00000.jsonl",
                0,
                0,
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    assertThat(LineFiles.errors(this::open).finish())
        .extracting(Manifest.File::name)
        .containsExactly("errors.jsonl");
  }

  @Test
  void aManifestIsReadAsItWasWritten() throws Exception {
    var manifest =
        new Manifest(
            new Manifest.Job("default", "j", "u", "api"),
            "Complete",
            "All 2 batches succeeded.",
            Manifest.Items.of(3, 2, 1),
            new Manifest.Batches(2, 2, 0, 0),
            List.of(new Manifest.File("results-00000.jsonl", 3, 40, "00")));

    assertThat(Manifest.read(manifest.toJson())).isEqualTo(manifest);
  }

  private OutputStream open(String name) throws IOException {
    var out = new ByteArrayOutputStream();
    assertThat(written.put(name, out)).as("opened once").isNull();
    return out;
  }
}
