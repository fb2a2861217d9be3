package dev.batchapi.cli.crypto;

import java.security.MessageDigestSpi;
import org.bouncycastle.crypto.SavableDigest;
import org.bouncycastle.crypto.digests.SHA256Digest;

/** SHA-256, as {@link NativeCrypto} has it; not for several threads at once. */
final class NativeSha256 extends MessageDigestSpi implements Cloneable {
  private SavableDigest digest = SHA256Digest.newInstance();

  @Override
  protected int engineGetDigestLength() {
    return digest.getDigestSize();
  }

  @Override
  protected void engineUpdate(byte input) {
    digest.update(input);
  }

  @Override
  protected void engineUpdate(byte[] input, int offset, int length) {
    digest.update(input, offset, length);
  }

  @Override
  protected byte[] engineDigest() {
    var sum = new byte[digest.getDigestSize()];
    digest.doFinal(sum, 0);
    return sum;
  }

  @Override
  protected void engineReset() {
    digest.reset();
  }

  /** Of what it has read so far: TLS needs the sum of its messages more than once. */
  @Override
  public Object clone() throws CloneNotSupportedException {
    var other = (NativeSha256) super.clone();
    other.digest = (SavableDigest) digest.copy();
    return other;
  }
}
