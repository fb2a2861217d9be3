package dev.batchapi.cli.crypto;

import java.security.AlgorithmParameters;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import javax.crypto.NoSuchPaddingException;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.GCMParameterSpec;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.AEADCipher;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.jspecify.annotations.Nullable;

/**
 * AES-GCM, as {@link NativeCrypto} has it: only what TLS asks for. Bouncy Castle's own class for it
 * makes a whole provider first, which takes half a second. Not for several threads at once.
 */
final class NativeGcm extends CipherSpi {
  private static final int BLOCK_BYTES = 16;

  private final AEADCipher cipher = GCMBlockCipher.newInstance(AESEngine.newInstance());
  private byte[] nonce = new byte[0];

  @Override
  protected void engineSetMode(String mode) throws NoSuchAlgorithmException {
    throw new NoSuchAlgorithmException(mode);
  }

  @Override
  protected void engineSetPadding(String padding) throws NoSuchPaddingException {
    throw new NoSuchPaddingException(padding);
  }

  @Override
  protected int engineGetBlockSize() {
    return BLOCK_BYTES;
  }

  @Override
  protected int engineGetOutputSize(int length) {
    return cipher.getOutputSize(length);
  }

  @Override
  protected byte[] engineGetIV() {
    return nonce.clone();
  }

  @Override
  protected @Nullable AlgorithmParameters engineGetParameters() {
    return null;
  }

  @Override
  protected void engineInit(int mode, Key key, SecureRandom random) throws InvalidKeyException {
    throw new InvalidKeyException("AES-GCM needs a nonce.");
  }

  @Override
  protected void engineInit(int mode, Key key, AlgorithmParameters parameters, SecureRandom random)
      throws InvalidAlgorithmParameterException {
    throw new InvalidAlgorithmParameterException("AES-GCM is set by a GCMParameterSpec here.");
  }

  @Override
  protected void engineInit(int mode, Key key, AlgorithmParameterSpec spec, SecureRandom random)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    if (!(spec instanceof GCMParameterSpec gcm)) {
      throw new InvalidAlgorithmParameterException("AES-GCM is set by a GCMParameterSpec here.");
    }
    nonce = gcm.getIV();
    try {
      cipher.init(
          mode == Cipher.ENCRYPT_MODE,
          new AEADParameters(new KeyParameter(key.getEncoded()), gcm.getTLen(), nonce));
    } catch (IllegalArgumentException e) {
      throw new InvalidKeyException(e);
    }
  }

  @Override
  protected void engineUpdateAAD(byte[] data, int offset, int length) {
    cipher.processAADBytes(data, offset, length);
  }

  @Override
  protected byte[] engineUpdate(byte[] input, int offset, int length) {
    var output = new byte[cipher.getUpdateOutputSize(length)];
    cipher.processBytes(input, offset, length, output, 0);
    return output;
  }

  @Override
  protected int engineUpdate(byte[] input, int offset, int length, byte[] output, int to)
      throws ShortBufferException {
    need(cipher.getUpdateOutputSize(length), output, to);
    return update(input, offset, length, output, to);
  }

  @Override
  protected byte[] engineDoFinal(byte[] input, int offset, int length) throws AEADBadTagException {
    var output = new byte[cipher.getOutputSize(length)];
    end(input, offset, length, output, 0);
    return output;
  }

  @Override
  protected int engineDoFinal(byte[] input, int offset, int length, byte[] output, int to)
      throws ShortBufferException, AEADBadTagException {
    need(cipher.getOutputSize(length), output, to);
    return end(input, offset, length, output, to);
  }

  private static void need(int bytes, byte[] output, int to) throws ShortBufferException {
    if (output.length - to < bytes) {
      throw new ShortBufferException(
          "%d bytes, and there is room for %d".formatted(bytes, output.length - to));
    }
  }

  private int end(byte[] input, int offset, int length, byte[] output, int to)
      throws AEADBadTagException {
    var some = length == 0 ? 0 : update(input, offset, length, output, to);
    try {
      return some + cipher.doFinal(output, to + some);
    } catch (InvalidCipherTextException e) {
      throw (AEADBadTagException) new AEADBadTagException(e.getMessage()).initCause(e);
    }
  }

  /** TLS decrypts a record in its place: what is not read yet must not be written over. */
  @SuppressWarnings("ReferenceEquality") // the same array, not an equal one
  private int update(byte[] input, int offset, int length, byte[] output, int to) {
    return input == output
        ? cipher.processBytes(
            Arrays.copyOfRange(input, offset, offset + length), 0, length, output, to)
        : cipher.processBytes(input, offset, length, output, to);
  }
}
