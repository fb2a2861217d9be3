package dev.batchapi.operator.pod;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** SHA-256 of what is mounted into a pod. */
final class Digest {
  private Digest() {}

  static String hex(String text) {
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The first eight characters, for a name. */
  static String shortHex(String text) {
    return hex(text).substring(0, 8);
  }

  /** The same of files by name, in whatever order. */
  static String shortHex(Map<String, String> files) {
    var all = new StringBuilder();
    new TreeMap<>(files)
        .forEach(
            (name, text) ->
                // With its length, so that no file can end where another one begins.
                all.append(name).append('\n').append(text.length()).append('\n').append(text));
    return shortHex(all.toString());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
