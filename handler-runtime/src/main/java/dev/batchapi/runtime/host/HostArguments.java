package dev.batchapi.runtime.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the host was started with.
 *
 * @param socket where the worker listens
 * @param code the author's code folder
 * @param patience how long to look for the worker; zero: for as long as this process lives
 */
record HostArguments(Path socket, Path code, Duration patience) {
  static final String USAGE =
      "usage: JavaHost --socket PATH --code DIR [--connect-seconds N], or JavaHost --train";

  /**
   * Reads them. No library: it would be a third of the host's start.
   *
   * @throws IllegalArgumentException saying which one is wrong
   */
  static HostArguments parse(String[] arguments) {
    @Nullable String socket = null;
    @Nullable String code = null;
    String seconds = "0";
    for (int i = 0; i < arguments.length; i += 2) {
      String value = i + 1 < arguments.length ? arguments[i + 1] : "";
      switch (arguments[i]) {
        case "--socket" -> socket = value;
        case "--code" -> code = value;
        case "--connect-seconds" -> seconds = value;
        default -> throw new IllegalArgumentException("unknown option " + arguments[i]);
      }
    }
    if (socket == null || socket.isEmpty()) {
      throw new IllegalArgumentException("--socket is missing");
    }
    if (code == null || code.isEmpty()) {
      throw new IllegalArgumentException("--code is missing");
    }
    if (!Files.isDirectory(Path.of(code))) {
      throw new IllegalArgumentException("--code " + code + " is not a folder");
    }
    if (!seconds.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException("--connect-seconds " + seconds + " is not a number");
    }
    return new HostArguments(
        Path.of(socket),
        Path.of(code).toAbsolutePath().normalize(),
        Duration.ofSeconds(Long.parseLong(seconds)));
  }
}
