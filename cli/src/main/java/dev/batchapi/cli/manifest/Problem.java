package dev.batchapi.cli.manifest;

import dev.batchapi.contract.Visible;
import java.nio.file.Path;

/**
 * Something wrong in a file.
 *
 * @param line from 1; 0 if it is about the file as a whole
 * @param path of the field, such as {@code spec.jobs[0].input}; empty if it is about no field
 * @param message what, and the way out
 */
public record Problem(Path file, int line, String path, String message) {

  /** As {@code digits.yaml:12 spec.bachSize: unknown field; did you mean batchSize?} */
  @Override
  public String toString() {
    return Visible.text(
        file
            + (line == 0 ? "" : ":" + line)
            + (path.isEmpty() ? ": " : " " + path + ": ")
            + message);
  }
}
