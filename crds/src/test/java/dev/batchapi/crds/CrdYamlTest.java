package dev.batchapi.crds;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The checked-in YAML and the records are one thing. */
class CrdYamlTest {

  @ParameterizedTest
  @ValueSource(classes = {BatchApi.class, BatchJob.class})
  void checkedInYamlIsWhatTheRecordsSay(Class<? extends HasMetadata> type) throws IOException {
    Path file =
        Path.of(
            "src/main/resources/dev/batchapi/crds",
            HasMetadata.getFullResourceName(type) + ".yaml");
    String generated = CrdYaml.generate(type);

    if (Boolean.getBoolean("crd.update")) {
      Files.writeString(file, generated);
    }

    assertThat(file)
        .as("%s is not what the records say: run `make crds` and commit the file", file)
        .content()
        .isEqualTo(generated);
  }
}
