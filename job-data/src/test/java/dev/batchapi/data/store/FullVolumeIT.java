package dev.batchapi.data.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.batchapi.data.collect.OutputFolder;
import dev.batchapi.data.results.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A volume of 64 KiB, which only root can mount; others skip this. */
class FullVolumeIT {
  private static final Manifest.Job JOB = new Manifest.Job("team", "monday", "uid-1", "digits");

  @TempDir private Path volume;

  @BeforeEach
  void mount() throws Exception {
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", volume.toString()) == 0,
        "no right to mount a small volume");
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", volume.toString());
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
  }

  private Stores stores() {
    return Stores.ofPod(Map.of("BATCHAPI_VOLUMES", volume.toString()));
  }

  @Test
  void aDiskThatIsFullIsSaidToBeWhenTheFolderIsTaken() throws IOException {
    Files.write(volume.resolve("full"), new byte[64 * 1024]);
    try (var stores = stores()) {
      var folder = new OutputFolder(volume + "/out/", JOB, stores);

      assertThatThrownBy(folder::take)
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessage(
              "%s/out/.batches/owner.json can't be written: No space left on device.", volume);

      Files.delete(volume.resolve("full"));
      folder.take();
    }
  }

  @Test
  void aFileForWhichThereIsNoRoomLeavesNothing() throws IOException {
    try (var stores = stores()) {
      var url = volume + "/results-00000.jsonl";
      assertThatThrownBy(
              () -> {
                try (var upload = stores.of(url).create(url)) {
                  upload.write(new byte[128 * 1024]);
                }
              })
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("No space left on device");
      try (var left = Files.list(volume)) {
        assertThat(left).isEmpty();
      }
    }
  }
}
