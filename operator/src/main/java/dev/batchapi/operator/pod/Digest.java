package dev.batchapi.operator.pod;

import dev.batchapi.contract.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** SHA-256, in hexadecimal figures, of what lies in an author's namespace. */
final class Digest {
  private static final int SHORT = 8;

  private Digest() {}

  static String hex(String text) {
    return Sha256.hex(text);
  }

  /**
   * Of files by name, in whatever order: of each its name, its length in bytes and its content, so
   * that no file can end where another one begins. Hosts and workers compute the same.
   */
  static String hex(Map<String, String> files) {
    var digest = Sha256.begin();
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
}
