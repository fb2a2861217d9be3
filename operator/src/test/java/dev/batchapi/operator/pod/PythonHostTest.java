package dev.batchapi.operator.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PythonHostTest {
  private static final Path OURS = Path.of("../handler-runtime/src/main/python");

  @TempDir private Path folder;

  @Test
  void allOfItFitsIntoAConfigMap() throws IOException {
    var host = PythonHost.read(OURS);
    var configMap = host.configMap("vision");

    try (var files = Files.newDirectoryStream(OURS, "*.py")) {
      assertThat(files)
          .allSatisfy(
              file ->
                  assertThat(configMap.getData())
                      .containsEntry(String.valueOf(file.getFileName()), Files.readString(file)));
    }
    assertThat(configMap.getData().values().stream().mapToInt(String::length).sum())
        .isLessThan(500_000);
    assertThat(configMap.getImmutable()).isTrue();
    assertThat(configMap.getMetadata().getOwnerReferences()).isEmpty();
    assertThat(configMap.getMetadata().getName())
        .isEqualTo(host.configMapName())
        .matches("batchapi-python-host-[0-9a-f]{8}");
  }

  @Test
  void anotherContentHasAnotherName() {
    assertThat(new PythonHost(Map.of("batchapi_start.py", "1")).configMapName())
        .isEqualTo(new PythonHost(Map.of("batchapi_start.py", "1")).configMapName())
        .isNotEqualTo(new PythonHost(Map.of("batchapi_start.py", "2")).configMapName());
  }

  @Test
  void aFolderWithoutAHostIsNamed() {
    assertThatThrownBy(() -> PythonHost.read(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(folder + " has no batchapi_start.py. Set BATCHAPI_PYTHON_HOST");
    assertThatThrownBy(() -> PythonHost.read(folder.resolve("none")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(folder.resolve("none") + ": ")
        .hasMessageContaining("Set BATCHAPI_PYTHON_HOST");
  }
}
