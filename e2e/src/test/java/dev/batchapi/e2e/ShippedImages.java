package dev.batchapi.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The images that are installed, by deploy/images.env. */
final class ShippedImages {

  private ShippedImages() {}

  /** The runtime's name with its tag. */
  static String runtime() {
    var key = "RUNTIME_IMAGE=";
    try (var lines = Files.lines(Path.of("../deploy/images.env"))) {
      var line = lines.filter(l -> l.startsWith(key)).findFirst().orElseThrow();
      return line.substring(key.length());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its tag: the version that is installed. */
  static String version() {
    return runtime().substring(runtime().lastIndexOf(':') + 1);
  }
}
