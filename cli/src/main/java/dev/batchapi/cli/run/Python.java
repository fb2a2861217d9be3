package dev.batchapi.cli.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Whether a Python can run handlers. */
final class Python {
  private static final int MAJOR = 3;
  private static final int MINOR = 9;

  private Python() {}

  /**
   * Asks it for its version.
   *
   * @throws UsageException if it is not there, or too old
   */
  static void check(String python) throws InterruptedException {
    try {
      var process =
          new ProcessBuilder(
                  python, "-I", "-S", "-c", "import sys; print(*sys.version_info[:2], sep='.')")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      var version =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0 || !version.matches("[0-9]+\\.[0-9]+")) {
        throw new UsageException(
            "\"%s\" is no Python: choose one with --python PATH.".formatted(python));
      }
      var parts = version.split("\\.", -1);
      var major = Integer.parseInt(parts[0]);
      if (major < MAJOR || (major == MAJOR && Integer.parseInt(parts[1]) < MINOR)) {
        throw new UsageException(
            "\"%s\" is Python %s; a handler needs 3.9 or newer: choose one with --python PATH."
                .formatted(python, version));
      }
    } catch (IOException e) {
      throw new UsageException(
          "Python not found: \"%s\" can't be started. Install Python 3.9 or newer, or choose one with --python PATH."
              .formatted(python));
    }
  }
}
