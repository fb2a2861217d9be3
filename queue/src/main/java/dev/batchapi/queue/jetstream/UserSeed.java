package dev.batchapi.queue.jetstream;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;

/**
 * The private key of a NATS user, from its seed in text.
 *
 * <p>By the JDK alone. jnats' NKey does the same with BouncyCastle, a signed jar: to verify it and
 * to load its classes, which no AOT cache takes from a signed jar, is a third of a worker's start.
 */
public final class UserSeed {
  private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final int BITS_PER_LETTER = 5;

  /** Two bytes of prefix, 32 of key, two of checksum, in letters of five bits. */
  public static final int BYTES = 36;

  private static final int LETTERS = 58;

  /** "SU": five bits say seed, eight say user, the last three are none. */
  private static final int PREFIX = (18 << 11) | (20 << 6);

  private static final int CRC16_POLYNOMIAL = 0x1021;

  private final PrivateKey key;

  private UserSeed(PrivateKey key) {
    this.key = key;
  }

  /**
   * Reads {@code SU…}.
   *
   * @throws IllegalArgumentException if it is something else; the message shows nothing of it
   */
  static UserSeed parse(String text) {
    var bytes = decode(text);
    var sum = (bytes[BYTES - 1] & 0xff) << 8 | (bytes[BYTES - 2] & 0xff);
    if (crc16(bytes, BYTES - 2) != sum) {
      throw new IllegalArgumentException("its seed is garbled: the checksum is wrong");
    }
    if (((bytes[0] & 0xff) << 8 | (bytes[1] & 0xff)) != PREFIX) {
      throw new IllegalArgumentException("its seed is not a user's, which begins with SU");
    }
    try {
      var spec =
          new EdECPrivateKeySpec(NamedParameterSpec.ED25519, Arrays.copyOfRange(bytes, 2, 34));
      return new UserSeed(KeyFactory.getInstance("Ed25519").generatePrivate(spec));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java can't handle Ed25519 keys.", e);
    }
  }

  byte[] sign(byte[] message) {
    try {
      var signature = Signature.getInstance("Ed25519");
      signature.initSign(key);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java can't sign with Ed25519.", e);
    }
  }

  private static byte[] decode(String text) {
    if (text.length() != LETTERS) {
      throw new IllegalArgumentException(
          "its seed has %d letters instead of %d".formatted(text.length(), LETTERS));
    }
    var bytes = new byte[BYTES];
    var bits = 0;
    var held = 0;
    var length = 0;
    for (var i = 0; i < LETTERS; i++) {
      var value = ALPHABET.indexOf(text.charAt(i));
      if (value < 0) {
        throw new IllegalArgumentException(
            "its seed is garbled: letter %d is none of base32".formatted(i + 1));
      }
      bits = (bits << BITS_PER_LETTER | value) & 0xffff;
      held += BITS_PER_LETTER;
      if (held >= Byte.SIZE) {
        held -= Byte.SIZE;
        bytes[length++] = (byte) (bits >> held);
      }
    }
    return bytes;
  }

  /** What {@link #decode} reads. */
  public static String encode(byte[] bytes) {
    var text = new StringBuilder(LETTERS);
    var bits = 0;
    var held = 0;
    for (var next : bytes) {
      bits = (bits << Byte.SIZE | (next & 0xff)) & 0xffff;
      held += Byte.SIZE;
      while (held >= BITS_PER_LETTER) {
        held -= BITS_PER_LETTER;
        text.append(ALPHABET.charAt((bits >> held) & 31));
      }
    }
    if (held > 0) {
      text.append(ALPHABET.charAt((bits << (BITS_PER_LETTER - held)) & 31));
    }
    return text.toString();
  }

  /** CRC-16/XMODEM, as in all keys of NATS. */
  public static int crc16(byte[] bytes, int length) {
    var crc = 0;
    for (var i = 0; i < length; i++) {
      crc ^= (bytes[i] & 0xff) << 8;
      for (var bit = 0; bit < Byte.SIZE; bit++) {
        crc = (crc & 0x8000) == 0 ? crc << 1 : crc << 1 ^ CRC16_POLYNOMIAL;
      }
      crc &= 0xffff;
    }
    return crc;
  }
}
