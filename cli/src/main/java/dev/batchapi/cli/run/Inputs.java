package dev.batchapi.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.batchapi.cli.manifest.Manifests;
import dev.batchapi.crds.BatchApiSpec;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.NamedSpec;
import dev.batchapi.crds.run.Freeze;
import dev.batchapi.data.input.CountInput;
import dev.batchapi.data.input.Input;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.input.JsonLines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Opens a job's input: its own, or a file in its place. */
final class Inputs {
  private final Manifests manifests;
  private final NamedSpec<BatchJobSpec> job;
  private final int batchSize;

  Inputs(Manifests manifests, NamedSpec<BatchApiSpec> api, NamedSpec<BatchJobSpec> job) {
    this.manifests = manifests;
    this.job = job;
    batchSize = Freeze.batchSize(api.spec(), job.spec());
  }

  /**
   * What the BatchJob names.
   *
   * @throws InputException if it can't be used
   * @throws UsageException if its ConfigMap is not in the files
   */
  Input own() {
    var input = job.spec().input();
    if (input.count() != null) {
      return new CountInput(input.count(), batchSize);
    }
    if (input.items() != null) {
      return JsonLines.ofItems(input.items().stream().map(JsonNode::toString).toList(), batchSize);
    }
    var ref = Objects.requireNonNull(input.configMap(), "a job without input");
    var name = "ConfigMap \"%s\", key \"%s\"".formatted(ref.name(), ref.key());
    var data =
        manifests
            .configMap(job.namespace(), ref.name())
            .orElseThrow(
                () ->
                    new UsageException(
                        "ConfigMap \"%s\" with the input of job \"%s\" is not in the files: name the file that holds it too, or give the items with --input."
                            .formatted(ref.name(), job.name())));
    var lines = data.data().get(ref.key());
    if (lines == null) {
      throw new UsageException(
          data.binaryKeys().contains(ref.key())
              ? "%s, the input of job \"%s\", is binary: it stands under binaryData, where kubectl puts a file that is not UTF-8 text. Save the file as UTF-8 and make the ConfigMap of it again."
                  .formatted(name, job.name())
              : "%s, the input of job \"%s\", is not there; its keys are: %s."
                  .formatted(name, job.name(), String.join(", ", data.data().keySet())));
    }
    return JsonLines.of(name, lines.getBytes(StandardCharsets.UTF_8), batchSize);
  }

  /**
   * JSON lines in a file, or from a pipe such as /dev/stdin.
   *
   * @param file {@code -} is standard input
   * @throws InputException if they can't be used
   * @throws UsageException if there is no such file
   */
  Input ofFile(Path file) {
    if (file.toString().equals("-")) {
      return JsonLines.ofStream("standard input", System.in, batchSize);
    }
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new UsageException(
          "--input %s: there is no such file, or it can't be read.".formatted(file));
    }
    if (Files.isRegularFile(file)) {
      return JsonLines.ofFile(file, batchSize);
    }
    try (var in = Files.newInputStream(file)) {
      return JsonLines.ofStream(file.toString(), in, batchSize);
    } catch (IOException e) {
      throw new UsageException("--input %s can't be read: %s.".formatted(file, e.getMessage()));
    }
  }
}
