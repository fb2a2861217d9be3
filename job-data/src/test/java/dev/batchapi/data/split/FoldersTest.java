package dev.batchapi.data.split;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.store.StoredFile;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FoldersTest {
  private static final List<String> FOLDERS =
      List.of("s3://photos/2026/", "https://data.example/open/");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3://photos/2026/a.jsonl",
        "s3://photos/2026/**/*.jsonl",
        "s3://photos/2026/{a,b}/[0-9].csv",
        "s3://photos/2026/..a/b..c.csv",
        "https://data.example/open/list.jsonl"
      })
  void whatLiesInAFolderIsAllowed(String path) {
    assertThat(Folders.check(FilesSpec.of(List.of(path)), FOLDERS)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3://photos/2026",
        "s3://photos/**",
        "s3://photos/20*/a.jsonl",
        "s3://photos/{2026/,2025/}a.jsonl",
        "s3://photos-2/2026/a.jsonl",
        "s3://other/s3://photos/2026/a.jsonl",
        "s3://photos/2026/../2025/a.jsonl",
        "https://data.example/open/../secret",
        "https://data.example/open/%2e%2E/secret",
        "https://data.example/open/..%2Fsecret",
        "https://data.example/open/..\\secret",
        "https://data.example@evil.example/open/a",
        "https://data.example.evil.example/open/a",
        "http://data.example/open/a",
        "in/a.jsonl"
      })
  void whatMayLieElsewhereIsNot(String path) {
    assertThat(Folders.check(FilesSpec.of(List.of("s3://photos/2026/a", path)), FOLDERS))
        .hasValueSatisfying(
            message ->
                assertThat(message)
                    .contains("\"" + path + "\"", "s3://photos/2026/, https://data.example/open/"));
  }

  @Test
  void thatDotsAreWhyIsSaid() {
    var climbs = FilesSpec.of(List.of("s3://photos/2026/x/../a.jsonl"));
    assertThat(Folders.check(climbs, FOLDERS).orElseThrow())
        .endsWith(
            "Such a path has neither . or .. between its slashes nor a backslash or an escaped slash.");
    var elsewhere = FilesSpec.of(List.of("s3://photos/2025/a.jsonl"));
    assertThat(Folders.check(elsewhere, FOLDERS).orElseThrow()).doesNotContain("..");
  }

  @Test
  void withoutFoldersAnywhereIsRight() {
    assertThat(Folders.check(FilesSpec.of(List.of("s3://any/../x")), List.of())).isEmpty();
  }

  @Test
  void aFileThatWasFoundIsLookedAtToo() {
    assertThat(Folders.check(new StoredFile("s3://photos/2026/a", 1, "v"), FOLDERS)).isEmpty();
    assertThat(Folders.check(new StoredFile("s3://photos/2025/a", 1, "v"), FOLDERS)).isPresent();
    var key = new StoredFile("s3://photos/2025/\u001b[2J", 1, "v");
    assertThat(Folders.check(key, FOLDERS).orElseThrow())
        .startsWith("\"s3://photos/2025/\\u001b[2J\" does not lie")
        .doesNotContain("backslash");
  }
}
