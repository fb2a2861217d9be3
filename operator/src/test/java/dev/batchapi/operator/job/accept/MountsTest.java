package dev.batchapi.operator.job.accept;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.StorageVolume;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MountsTest {
  private static final Mounts MOUNTS =
      new Mounts(
          "tagger", List.of(volume("data", "/data", true), volume("out", "/data/out", false)));

  private static StorageVolume volume(String name, String folder, boolean readOnly) {
    return new StorageVolume(
        name, folder, readOnly, new StorageVolume.Source(new StorageVolume.Claim("claim-" + name)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/data/in/*.csv", "/data/**", "/data/out/a", "s3://photos/*"})
  void whatLiesInAVolumeMayBeRead(String path) {
    assertThat(MOUNTS.problem(path, false)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "in/*.csv",
        "data/in/a",
        "/data",
        "/data*/a",
        "/database/a",
        "/batchapi/nats/worker.creds",
        "/data/../batchapi/nats/worker.creds",
        "/data/./a",
        "/data/{..,in}/a/../../b",
        "/**"
      })
  void whatMayLieElsewhereIsNamedWithWhereVolumesAre(String path) {
    assertThat(MOUNTS.problem(path, false))
        .hasValueSatisfying(
            message -> assertThat(message).contains("\"" + path + "\"", "/data, /data/out"));
  }

  @Test
  void nothingIsWrittenToAVolumeThatIsReadOnly() {
    assertThat(MOUNTS.problem("/data/results/", true))
        .contains(
            "\"/data/results/\" lies in volume \"data\" of BatchAPI \"tagger\", which is read-only: name a folder that can be written to.");
    assertThat(MOUNTS.problem("/data/out/results/", true)).isEmpty();
  }

  @Test
  void withoutVolumesThereAreNoPaths() {
    assertThat(new Mounts("tagger", List.of()).problem("/data/a", false))
        .hasValueSatisfying(
            message -> assertThat(message).contains("mounts no volume (spec.storage.volumes)"));
  }
}
