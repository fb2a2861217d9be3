package dev.batchapi.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, by which operator, splitter and worker know that something is what it was. */
public final class Sha256 {
  private Sha256() {}

  /** In hexadecimal figures. */
  public static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(begin().digest(bytes));
  }

  /** The same of text in UTF-8. */
  public static String hex(String text) {
    return hex(text.getBytes(UTF_8));
  }

  /** For what comes piece by piece. */
  public static MessageDigest begin() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JVM has it
    }
  }
}
