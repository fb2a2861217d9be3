package dev.batchapi.runtime.host;

import dev.batchapi.runtime.protocol.FrozenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the host was started with.
 *
 * @param socket where the worker listens
 * @param code the author's code folder
 * @param codeFrom where the code is mounted, to be checked and copied into {@code code}; null: it
 *     is there already
 * @param patience how long to look for the worker
 * @param replaceable whether who started this process starts another one when it ends with 75
 */
record HostArguments(
    Path socket,
    Path code,
    @Nullable FrozenFolder codeFrom,
    Duration patience,
    boolean replaceable) {
  static final String USAGE =
      "usage: JavaHost --socket PATH --code DIR [--code-from DIR --code-digest HEX]"
          + " [--connect-seconds N] [--replaceable true], or JavaHost --train";

  /** A worker listens before it starts a host: one that is not there by then never will be. */
  private static final String CONNECT_SECONDS = "60";

  /**
   * Reads them. No library: it would be a third of the host's start.
   *
   * @throws IllegalArgumentException saying which one is wrong
   */
  static HostArguments parse(String[] arguments) {
    @Nullable String socket = null;
    @Nullable String code = null;
    @Nullable String from = null;
    @Nullable String digest = null;
    String seconds = CONNECT_SECONDS;
    boolean replaceable = false;
    for (int i = 0; i < arguments.length; i += 2) {
      String value = i + 1 < arguments.length ? arguments[i + 1] : "";
      switch (arguments[i]) {
        case "--socket" -> socket = value;
        case "--code" -> code = value;
        case "--code-from" -> from = value;
        case "--code-digest" -> digest = value;
        case "--connect-seconds" -> seconds = value;
        case "--replaceable" -> replaceable = value.equals("true");
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
    if ((from == null) != (digest == null)) {
      throw new IllegalArgumentException("--code-from and --code-digest go together");
    }
    if (!seconds.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException("--connect-seconds " + seconds + " is not a number");
    }
    return new HostArguments(
        Path.of(socket),
        Path.of(code).toAbsolutePath().normalize(),
        from == null || digest == null ? null : new FrozenFolder(Path.of(from), digest),
        Duration.ofSeconds(Long.parseLong(seconds)),
        replaceable);
  }

  /**
   * Puts the code into its folder, if it is not there already.
   *
   * @throws dev.batchapi.runtime.protocol.NotFrozenException if it is not what was accepted
   */
  void copyCode() throws IOException {
    if (codeFrom != null) {
      for (var file : codeFrom.read().entrySet()) {
        Files.write(code.resolve(file.getKey()), file.getValue());
      }
    }
  }
}
