package dev.batchapi.crds;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/reference.md is what the custom resources' definitions say. */
class ReferenceTest {
  private static final Path PAGE = Path.of("../docs/reference.md");
  private static final String INTRODUCTION =
      """
      # Reference: every field of BatchAPI and BatchJob

      Generated from the custom resources' definitions by `make crds`; `kubectl explain batchjob.spec.input` says the
      same in the cluster. `[]` stands for each entry of a list; what is required is so where the object around it is
      given. What a rule forbids is refused by `kubectl apply` with the words below, and so is a field that isn't here.

      """;

  @Test
  void checkedInPageIsWhatTheDefinitionsSay() throws IOException {
    String generated =
        INTRODUCTION
            + ReferencePage.of(CrdYaml.MAPPER.readTree(CrdYaml.generate(BatchApi.class)))
            + "\n"
            + ReferencePage.of(CrdYaml.MAPPER.readTree(CrdYaml.generate(BatchJob.class)));

    if (Boolean.getBoolean("crd.update")) {
      Files.writeString(PAGE, generated);
    }

    assertThat(PAGE)
        .as(
            "docs/reference.md is not what the definitions say: run `make crds` and commit the file")
        .content()
        .isEqualTo(generated);
  }
}
