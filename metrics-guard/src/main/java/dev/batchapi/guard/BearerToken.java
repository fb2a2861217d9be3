package dev.batchapi.guard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * The token that readers of metrics must send. Read from its file each time, so that a Secret that
 * is changed needs no restart.
 *
 * @param file null: they need none
 */
record BearerToken(@Nullable Path file) {
  private static final String SCHEME = "Bearer ";

  /**
   * Whether this is it.
   *
   * @param authorization the header; null if there is none
   * @throws IOException if the file can't be read, or is empty
   */
  boolean allows(@Nullable String authorization) throws IOException {
    if (file == null) {
      return true;
    }
    String token = Files.readString(file).strip();
    if (token.isEmpty()) {
      throw new IOException(file + " is empty");
    }
    if (authorization == null || !authorization.startsWith(SCHEME)) {
      return false;
    }
    // In a time that says nothing of how much of it was right.
    return MessageDigest.isEqual(
        token.getBytes(StandardCharsets.UTF_8),
        authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8));
  }
}
