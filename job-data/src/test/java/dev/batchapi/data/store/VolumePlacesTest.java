package dev.batchapi.data.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pod with a volume, beside which its credentials lie. */
class VolumePlacesTest {
  @TempDir private Path pod;
  private Path data;
  private Path secret;
  private Store store;

  @BeforeEach
  void aVolume() throws IOException {
    data = Files.createDirectories(pod.resolve("data"));
    Files.writeString(data.resolve("a.jsonl"), "1\n");
    secret = Files.writeString(pod.resolve("secret"), "secret");
    store = new LocalStore(VolumePlaces.in(pod.resolve("other") + ":" + data, ""));
  }

  @Test
  void aFileOfAVolumeIsListedFoundAndRead() throws IOException {
    var file = Objects.requireNonNull(store.find(data + "/a.jsonl"));

    assertThat(list(data + "/")).containsExactly(data + "/a.jsonl");
    try (var in = store.open(file, 0, 2)) {
      assertThat(in.readAllBytes()).asString().isEqualTo("1\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret", "data/../secret", "data2/a", "data/./../secret", ""})
  void whatLiesBesideAVolumeIsNeitherReadNorListedNorWritten(String path) {
    var url = pod + "/" + path;
    for (var refused :
        List.<Runnable>of(
            () -> store.find(url),
            () -> store.list(url + "/", file -> {}),
            () -> store.open(new StoredFile(url, 6, "v"), 0, 6),
            () -> store.create(url),
            () -> store.delete(url))) {
      assertThatThrownBy(refused::run)
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("does not lie in a volume that jobs may name files of: ");
    }
  }

  @Test
  void aFolderThatJobsMayWriteToIsMadeInTheVolume() throws IOException {
    var volume = new LocalStore(VolumePlaces.in(data + "/team/out", data.toString()));
    var url = data + "/team/out/monday/a.json";

    try (var upload = volume.create(url)) {
      upload.write("1".getBytes(UTF_8));
      assertThat(upload.commit()).isTrue();
    }

    assertThat(Path.of(url)).hasContent("1");
  }

  @Test
  void noFolderIsMadeBehindALink() throws IOException {
    var volume = new LocalStore(VolumePlaces.in(data + "/team/out", data.toString()));
    var elsewhere = Files.createDirectory(pod.resolve("elsewhere"));
    Files.createSymbolicLink(data.resolve("team"), elsewhere);

    assertThatThrownBy(() -> volume.create(data + "/team/out/monday/a.json"))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining("by a link");
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void aRelativePathIsNone() {
    assertThatThrownBy(() -> store.find("a.jsonl")).isInstanceOf(StoreRefusedException.class);
  }

  @Test
  void aPodWithoutVolumesHasNoFilesThatJobsMayName() {
    try (var stores = Stores.ofPod(Map.of())) {
      assertThatThrownBy(() -> stores.of(secret.toString()).find(secret.toString()))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("no volume is mounted that jobs may name files of");
    }
  }

  @Test
  void aLinkWithinTheVolumeIsFollowed() throws IOException {
    // As the files of ConfigMaps are.
    Files.createDirectory(data.resolve("..2026"));
    Files.writeString(data.resolve("..2026/b.jsonl"), "2\n");
    Files.createSymbolicLink(data.resolve("..data"), Path.of("..2026"));
    Files.createSymbolicLink(data.resolve("b.jsonl"), Path.of("..data/b.jsonl"));

    assertThat(list(data + "/")).containsExactlyInAnyOrder(data + "/a.jsonl", data + "/b.jsonl");
    var file = Objects.requireNonNull(store.find(data + "/b.jsonl"));
    try (var in = store.open(file, 0, 2)) {
      assertThat(in.readAllBytes()).asString().isEqualTo("2\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "folder/"})
  void aLinkThatLeadsOutIsRefusedHoweverItIsMet(String way) throws IOException {
    Files.createSymbolicLink(data.resolve("out"), pod);
    Files.createDirectory(data.resolve("folder"));
    Files.createSymbolicLink(data.resolve("folder/secret"), secret);
    var url = way.isEmpty() ? data + "/out/secret" : data + "/folder/secret";
    for (var refused :
        List.<Runnable>of(
            () -> store.list(data + "/" + way, file -> {}),
            () -> store.list(data + "/out/", file -> {}),
            () -> store.find(url),
            () -> store.open(new StoredFile(url, 6, "v"), 0, 6),
            () -> store.create(data + "/out/made/x"),
            () -> store.delete(data + "/out/secret"))) {
      assertThatThrownBy(refused::run)
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("leads out of " + data + " by a link");
    }
    assertThat(secret).exists();
    assertThat(pod.resolve("made")).doesNotExist();
  }

  /** Somebody who may write to the volume puts it there after it was looked at. */
  @Test
  void aLinkThatComesBetweenTheLookAndTheReadingIsNotFollowed() throws IOException {
    Files.createDirectory(data.resolve("d"));
    Files.writeString(data.resolve("d/secret"), "public");
    var places = VolumePlaces.in(data.toString(), "");
    var real = data.resolve("d/secret").toRealPath();
    Files.delete(data.resolve("d/secret"));
    Files.delete(data.resolve("d"));
    Files.createSymbolicLink(data.resolve("d"), pod);

    assertThatThrownBy(() -> places.channel(data + "/d/secret", real).close())
        .isInstanceOf(IOException.class);
  }

  @Test
  void theMountPointItselfMayBeBehindALink() throws IOException {
    Files.createDirectory(data.resolve("in"));
    Files.writeString(data.resolve("in/a.jsonl"), "1\n");
    var link = Files.createSymbolicLink(pod.resolve("link"), data);
    store = new LocalStore(VolumePlaces.in(link + "/in", link.toString()));

    var file = Objects.requireNonNull(store.find(link + "/in/a.jsonl"));

    try (var in = store.open(file, 0, 2)) {
      assertThat(in.readAllBytes()).asString().isEqualTo("1\n");
    }
    store.delete(link + "/in/a.jsonl");
    assertThat(data.resolve("in")).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"in", "up/in"})
  void aFolderOfAVolumeThatIsALinkIsRefused(String root) throws IOException {
    Files.createDirectory(pod.resolve("in"));
    Files.writeString(pod.resolve("in/secret"), "secret");
    var left = ".x.%s.part".formatted(UUID.randomUUID());
    Files.writeString(pod.resolve("in").resolve(left), "");
    Files.createSymbolicLink(data.resolve("in"), pod.resolve("in"));
    Files.createSymbolicLink(data.resolve("up"), pod);
    var folder = data.resolve(root);
    store = new LocalStore(VolumePlaces.in(folder.toString(), data.toString()));
    for (var refused :
        List.<Runnable>of(
            () -> store.list(folder + "/", file -> {}),
            () -> store.find(folder + "/secret"),
            () -> store.open(new StoredFile(folder + "/secret", 6, "v"), 0, 6),
            () -> store.create(folder + "/made"),
            () -> store.delete(folder + "/secret"),
            () -> store.tidy(folder + "/"))) {
      assertThatThrownBy(refused::run)
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("leads out of " + folder + " by a link");
    }
    assertThat(pod.resolve("in")).isDirectoryContaining("glob:**/secret");
    assertThat(pod.resolve("in").resolve(left)).exists();
    assertThat(pod.resolve("in/made")).doesNotExist();
  }

  /** A handler that has the volume, too, waits for the worker to have looked. */
  @Test
  void aFolderOfAVolumeThatBecomesALinkAfterTheLookIsNotFollowed() throws IOException {
    var in = Files.createDirectory(data.resolve("in"));
    Files.writeString(in.resolve("secret"), "public");
    var places = VolumePlaces.in(in.toString(), data.toString());
    var real = in.resolve("secret").toRealPath();
    var parent = Objects.requireNonNull(real.getParent());
    Files.delete(in.resolve("secret"));
    Files.delete(in);
    Files.createSymbolicLink(in, pod);

    assertThatThrownBy(() -> places.channel(in + "/secret", real).close())
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> places.delete(in + "/secret", parent, real.getFileName()))
        .isInstanceOf(IOException.class);
    assertThat(secret).exists();
  }

  @Test
  void anInterruptedReaderReadsOn() throws IOException {
    var file = Objects.requireNonNull(store.find(data + "/a.jsonl"));
    try (var in = store.open(file, 0, 2)) {
      Thread.currentThread().interrupt();
      assertThat(in.readAllBytes()).asString().isEqualTo("1\n");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void whatIsWrittenCanBeReadByOthersAndFoldersTakeFilesOfTheGroup() throws IOException {
    Files.setAttribute(data, "unix:mode", 02775);
    try (var upload = store.create(data + "/out/r.jsonl")) {
      upload.write("{}\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      assertThat(upload.commit()).isTrue();
    }

    assertThat(Files.getPosixFilePermissions(data.resolve("out/r.jsonl")))
        .contains(PosixFilePermission.GROUP_READ);
    assertThat(Files.getPosixFilePermissions(data.resolve("out")))
        .contains(PosixFilePermission.GROUP_WRITE);
    assertThat((Integer) Files.getAttribute(data.resolve("out"), "unix:mode") & 02000)
        .as("set-group-ID, as the volume's root has it")
        .isEqualTo(02000);
    assertThat(list(data + "/out/")).containsExactly(data + "/out/r.jsonl");
  }

  @Test
  void whatAKilledUploadLeavesIsRemovedAndNothingElse() throws IOException {
    Files.writeString(data.resolve(".mine.part"), "");
    store.create(data + "/r.jsonl").write(new byte[3]);
    assertThat(list(data + "/")).hasSize(3);

    store.tidy(data + "/");

    assertThat(list(data + "/")).containsExactlyInAnyOrder(data + "/a.jsonl", data + "/.mine.part");
  }

  private List<String> list(String prefix) {
    var urls = new ArrayList<String>();
    store.list(prefix, file -> urls.add(file.url()));
    return urls;
  }
}
