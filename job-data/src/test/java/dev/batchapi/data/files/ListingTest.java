package dev.batchapi.data.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.data.input.InputException;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListingTest {
  @TempDir Path base;

  @Test
  void filesComeInTheOrderOfTheirBytesAndOnceEach() throws IOException {
    write("d/b.csv", "d/a.csv", "d/B.csv", "d/sub/a.csv", "d/\uFF5E.csv", "d/\uD83D\uDE00.csv");
    assertThat(urls(spec("d/*.csv")))
        .containsExactly("d/B.csv", "d/a.csv", "d/b.csv", "d/\uFF5E.csv", "d/\uD83D\uDE00.csv");
    assertThat(urls(spec("d/b.csv", "d/sub/", "d/{a,b}.csv", "d/sub/a.csv")))
        .containsExactly("d/b.csv", "d/sub/a.csv", "d/a.csv");
  }

  @Test
  void whatAPatternCanNotMatchIsNotLookedInto() throws IOException {
    write("d/a.csv", "d/sub/b.csv", "d/sub/sub/c.csv");
    Files.createSymbolicLink(base.resolve("d/sub/sub/self"), Path.of("."));
    assertThat(urls(spec("d/*.csv"))).containsExactly("d/a.csv");
    assertThat(urls(spec("d/*/{b,x/b}.csv"))).containsExactly("d/sub/b.csv");
    assertThatThrownBy(() -> urls(spec("d/**.csv")))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining("d/sub/sub/self leads back");
  }

  @Test
  void twoStarsBetweenSlashesAreAnyFoldersOrNone() throws IOException {
    write("d/a.csv", "d/sub/b.csv", "d/sub/sub/c.csv", "da.csv");
    assertThat(urls(spec("d/**/*.csv")))
        .containsExactly("d/a.csv", "d/sub/b.csv", "d/sub/sub/c.csv");
    assertThat(urls(spec("**/*.csv"))).hasSize(4);
  }

  @Test
  void excludesWin() throws IOException {
    write("d/a.csv", "d/a.tmp", "d/sub/_SUCCESS", "d/sub/b.csv", "e/x.tmp");
    assertThat(urls(with(List.of("d/"), List.of("*.tmp", "_SUCCESS"))))
        .containsExactly("d/a.csv", "d/sub/b.csv");
    assertThat(urls(with(List.of("d/**.csv"), List.of("d/sub/**")))).containsExactly("d/a.csv");
    refused(with(List.of("e/*"), List.of("*.tmp")), "e/* matches 1 file, and excludes leave none");
    refused(with(List.of("d/a.csv"), List.of("*.csv")), "in paths, and in excludes too");
  }

  @Test
  void pathsAreRelativeToTheBaseOrAbsolute() throws IOException {
    write("d/a b#%+.csv");
    assertThat(Listing.of(spec("d/*.csv"), stores()).getFirst())
        .satisfies(
            file -> {
              assertThat(file.url()).isEqualTo("d/a b#%+.csv");
              assertThat(file.size()).isEqualTo(1);
            });
    assertThat(urls(spec(base + "/d/*.csv"))).containsExactly(base + "/d/a b#%+.csv");
    assertThat(urls(spec("d/a b#%+.csv"))).hasSize(1);
  }

  @Test
  void whatMatchesNothingIsNamed() throws IOException {
    write("d/a.csv");
    Files.createDirectory(base.resolve("empty"));
    refused(spec("d/*.json"), "d/*.json matches no file");
    refused(spec("x/**"), "x/** matches no file");
    refused(spec("empty/"), "empty/ matches no file");
    refused(spec("d/b.csv"), "d/b.csv: there is no such file");
    refused(spec("d"), "d is a folder: write d/ for everything in it");
    refused(spec("d/a.csv", "d/b.csv"), "d/b.csv: there is no such file");
    refused(spec(), "no paths");
    assertThatThrownBy(() -> Listing.of(spec("ftp://x/y"), stores()))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining("no store for ftp://");
  }

  /** A ConfigMap's or Secret's files on a volume are links into a folder that is swapped. */
  @Test
  void filesOfAVolumeThatKubernetesSwapsAreThereOnce() throws IOException {
    write("v/..2026_11_29/items.jsonl");
    Files.createSymbolicLink(base.resolve("v/..data"), Path.of("..2026_11_29"));
    Files.createSymbolicLink(base.resolve("v/items.jsonl"), Path.of("..data/items.jsonl"));
    assertThat(urls(spec("v/"))).containsExactly("v/items.jsonl");
  }

  private void write(String... names) throws IOException {
    for (var name : names) {
      var file = base.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "1");
    }
  }

  private Stores stores() {
    return Stores.of(Map.of(), base);
  }

  private List<String> urls(FilesSpec spec) {
    return Listing.of(spec, stores()).stream().map(StoredFile::url).toList();
  }

  private static FilesSpec spec(String... paths) {
    return FilesSpec.of(List.of(paths));
  }

  private static FilesSpec with(List<String> paths, List<String> excludes) {
    return new FilesSpec(paths, excludes, null, null, null);
  }

  private void refused(FilesSpec spec, String message) {
    assertThatThrownBy(() -> Listing.of(spec, stores()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }
}
