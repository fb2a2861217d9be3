package dev.batchapi.data.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStoreTest {
  @TempDir Path base;

  @Test
  void onlyFilesBelowThePrefixAreListed() throws IOException {
    for (var name : List.of("d/ab/x", "d/ab/c/y", "d/a", "d/b", "e/a")) {
      Files.createDirectories(base.resolve(name).getParent());
      Files.writeString(base.resolve(name), "");
    }
    assertThat(list("d/a")).containsExactlyInAnyOrder("d/a", "d/ab/x", "d/ab/c/y");
    assertThat(list("d/ab/")).containsExactlyInAnyOrder("d/ab/x", "d/ab/c/y");
    assertThat(list("")).hasSize(5);
    assertThat(list("nothing/x")).isEmpty();
    assertThat(list(base + "/e/")).containsExactly(base + "/e/a");
  }

  @Test
  void anAddressIsAWholePathThatLeadsToTheSameFile() throws IOException {
    Files.createDirectories(base.resolve("d/e"));
    Files.writeString(base.resolve("d/a"), "");
    Files.createSymbolicLink(base.resolve("link"), Path.of("d/e"));
    var store = new LocalStore(base.resolve("./d"));
    assertThat(store.address("a")).isEqualTo(base + "/d/a");
    assertThat(store.address("e/../a")).isEqualTo(base + "/d/a");
    assertThat(store.address("../link/../a")).isEqualTo(base + "/./d/../link/../a");
    assertThat(store.address("/x//a")).isEqualTo("/x//a");
  }

  @Test
  void aLinkThatTurnsInACircleIsSaidToDoSo() throws IOException {
    Files.createDirectory(base.resolve("d"));
    Files.writeString(base.resolve("d/a"), "");
    Files.createSymbolicLink(base.resolve("d/self"), Path.of("."));
    assertThatThrownBy(() -> list("d/"))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageMatching("d/ can't be listed: the link .*/self leads back to a folder .*");
  }

  /** As when a program writes to a name of its own and moves that. */
  @Test
  void aFileThatGoesWhileAFolderIsListedHidesNoOther() throws IOException {
    for (var i = 0; i < 10; i++) {
      Files.writeString(base.resolve("f" + i), "");
    }
    var order = new ArrayList<String>();
    try (var files = Files.newDirectoryStream(base)) {
      files.forEach(file -> order.add(file.getFileName().toString()));
    }
    var gone = base.resolve(order.get(1));
    var seen = new ArrayList<String>();
    new LocalStore(base)
        .list(
            "",
            file -> {
              seen.add(file.url());
              delete(gone);
            });
    order.remove(1);
    assertThat(seen).containsExactlyElementsOf(order);
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatIsNotWantedIsNotLookedInto() throws IOException {
    Files.createDirectories(base.resolve("d/e"));
    Files.writeString(base.resolve("d/a"), "");
    Files.createSymbolicLink(base.resolve("d/e/self"), Path.of("."));
    Files.createSymbolicLink(base.resolve("up"), Path.of("."));
    var urls = new ArrayList<String>();
    new LocalStore(base).list("d/", 1, file -> urls.add(file.url()));
    assertThat(urls).containsExactly("d/a");
    // A link that turns in a circle, beside what is listed.
    assertThat(list("d/a")).containsExactly("d/a");
    assertThatThrownBy(() -> list("")).isInstanceOf(StoreRefusedException.class);
  }

  @Test
  void aFileThatChangesWhileItIsReadIsNoMix() throws IOException {
    Files.writeString(base.resolve("a"), "x".repeat(100));
    var store = new LocalStore(base);
    var file = Objects.requireNonNull(store.find("a"));
    try (var in = store.open(file, 0, 100)) {
      in.readNBytes(10);
      Files.writeString(base.resolve("a"), "y".repeat(100));
      // A file system's clock may tick more slowly than this test writes.
      Files.setLastModifiedTime(base.resolve("a"), FileTime.from(Instant.EPOCH));
      assertThatThrownBy(in::readAllBytes)
          .isInstanceOf(FileChangedException.class)
          .hasMessageContaining("a changed since it was listed");
    }
  }

  @Test
  void anInterruptedReaderReadsOn() throws IOException {
    Files.writeString(base.resolve("a"), "content");
    var store = new LocalStore(base);
    try (var in = store.open(Objects.requireNonNull(store.find("a")), 3, 4)) {
      Thread.currentThread().interrupt();
      assertThat(in.readAllBytes()).asString().isEqualTo("tent");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private List<String> list(String prefix) {
    var urls = new ArrayList<String>();
    new LocalStore(base).list(prefix, file -> urls.add(file.url()));
    return urls;
  }
}
