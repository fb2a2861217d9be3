package dev.batchapi.guard;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * SipHash-2-4: 64 bits that nobody who doesn't know the key can steer. Series are told apart by
 * them alone, so a sender must not be able to make two that are taken for one.
 */
final class SipHash {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final long k0;
  private final long k1;

  SipHash(long k0, long k1) {
    this.k0 = k0;
    this.k1 = k1;
  }

  /** With a key that only this process has. */
  static SipHash ofThisProcess() {
    SecureRandom random = new SecureRandom();
    return new SipHash(random.nextLong(), random.nextLong());
  }

  long hash(byte[] data, int from, int to) {
    long v0 = k0 ^ 0x736f6d6570736575L;
    long v1 = k1 ^ 0x646f72616e646f6dL;
    long v2 = k0 ^ 0x6c7967656e657261L;
    long v3 = k1 ^ 0x7465646279746573L;
    int whole = from + ((to - from) & ~7);
    long last = (long) (to - from) << 56;
    for (int i = whole; i < to; i++) {
      last |= (data[i] & 0xffL) << (8 * (i - whole));
    }
    // The words of the data, the rest of it, and four more rounds to end with.
    for (int i = from; i <= whole + 8; i += 8) {
      boolean ending = i > whole;
      long word = ending ? 0 : i == whole ? last : (long) LONGS.get(data, i);
      if (ending) {
        v2 ^= 0xff;
      }
      v3 ^= word;
      for (int round = ending ? 4 : 2; round > 0; round--) {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
      }
      v0 ^= word;
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }
}
