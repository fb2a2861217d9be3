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
  private static final Path OURS = Path.of("../handler-runtime/python-host");

  @TempDir private Path folder;

  @Test
  void allOfItFitsIntoAConfigMap() throws IOException {
    var host = PythonHost.read(OURS);
    var configMap = host.configMap("vision");

    try (var files = Files.newDirectoryStream(OURS, "*.py")) {
      assertThat(files)
          .allSatisfy(
              file -> {
                var name = String.valueOf(file.getFileName());
                if (name.equals("batchapi_start.py")) {
                  assertThat(configMap.getData()).doesNotContainKey(name);
                  assertThat(host.start()).isEqualTo(Files.readString(file));
                } else {
                  assertThat(configMap.getData()).containsEntry(name, Files.readString(file));
                }
              });
    }
    assertThat(configMap.getData().values().stream().mapToInt(String::length).sum())
        .isLessThan(500_000);
    assertThat(configMap.getImmutable()).isTrue();
    assertThat(configMap.getMetadata().getOwnerReferences()).isEmpty();
    assertThat(configMap.getMetadata().getName())
        .isEqualTo(host.frozen().configMap())
        .matches("batchapi-python-host-[0-9a-f]{8}");
  }

  @Test
  void anotherContentHasAnotherName() {
    assertThat(new PythonHost("", Map.of("a.py", "1")).frozen())
        .isEqualTo(new PythonHost("", Map.of("a.py", "1")).frozen())
        .isNotEqualTo(new PythonHost("", Map.of("a.py", "2")).frozen());
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
