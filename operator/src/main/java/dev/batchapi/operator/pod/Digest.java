package dev.batchapi.operator.pod;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** SHA-256, in hexadecimal figures, of what lies in an author's namespace. */
final class Digest {
  private static final int SHORT = 8;

  private Digest() {}

  static String hex(String text) {
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Of files by name, in whatever order: of each its name, its length in bytes and its content, so
   * that no file can end where another one begins. Hosts and workers compute the same.
   */
  static String hex(Map<String, String> files) {
    var digest = sha256();
    new TreeMap<>(files)
        .forEach(
            (name, text) -> {
              var content = text.getBytes(StandardCharsets.UTF_8);
              var head = name + '\n' + content.length + '\n';
              digest.update(head.getBytes(StandardCharsets.UTF_8));
              digest.update(content);
            });
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The first eight figures, for a name. */
  static String shortened(String hex) {
    return hex.substring(0, SHORT);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
