package dev.batchapi.queue.jetstream.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.batchapi.queue.jetstream.UserSeed;
import io.nats.client.NKey;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keys that follow from a secret and from what they are for. Nothing of them has to be stored:
 * whoever has the secret finds the same key again.
 */
final class DerivedKey {
  private static final int SEED = 18;
  private static final int ACCOUNT = 0;
  private static final int USER = 20;

  private DerivedKey() {}

  /**
   * An account's key.
   *
   * @param purpose names one key of this secret; no two uses may have the same
   */
  static NKey account(NKey secret, String purpose) {
    return key(ACCOUNT, secret, purpose);
  }

  /** The same for a user. */
  static NKey user(NKey secret, String purpose) {
    return key(USER, secret, purpose);
  }

  private static NKey key(int kind, NKey secret, String purpose) {
    var bytes = new byte[UserSeed.BYTES];
    // Five bits say seed, the next five of which kind.
    bytes[0] = (byte) ((SEED << 3) | (kind >> 2));
    bytes[1] = (byte) (kind << 6);
    System.arraycopy(hmac(secret, purpose), 0, bytes, 2, 32);
    var sum = UserSeed.crc16(bytes, UserSeed.BYTES - 2);
    bytes[UserSeed.BYTES - 2] = (byte) sum;
    bytes[UserSeed.BYTES - 1] = (byte) (sum >> 8);
    return NKey.fromSeed(UserSeed.encode(bytes).toCharArray());
  }

  private static byte[] hmac(NKey secret, String purpose) {
    var seed = new String(secret.getSeed()).getBytes(UTF_8);
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(seed, "HmacSHA256"));
      return mac.doFinal(purpose.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java has no HMAC with SHA-256.", e);
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }
}
