package dev.batchapi.data.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
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
  void aLinkThatTurnsInACircleIsSaidToDoSo() throws IOException {
    Files.createDirectory(base.resolve("d"));
    Files.writeString(base.resolve("d/a"), "");
    Files.createSymbolicLink(base.resolve("d/self"), Path.of("."));
    assertThatThrownBy(() -> list("d/"))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageMatching("d/ can't be listed: the link .*/self leads back to a folder .*");
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
