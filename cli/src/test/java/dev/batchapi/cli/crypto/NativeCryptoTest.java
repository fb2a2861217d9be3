package dev.batchapi.cli.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.CryptoServicesRegistrar;
import org.bouncycastle.crypto.NativeServices;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativeCryptoTest {
  private static final Provider JDK = Security.getProvider("SunJCE");
  private static final Random RANDOM = new Random(7);

  @BeforeAll
  static void use() {
    assumeTrue(CryptoServicesRegistrar.hasEnabledService(NativeServices.AES_GCM));
    NativeCrypto.use();
    NativeCrypto.use();
  }

  @AfterAll
  static void leave() {
    Security.removeProvider("BatchAPI");
  }

  @Test
  void isWhatThisProcessUses() throws Exception {
    assertThat(Cipher.getInstance("AES/GCM/NoPadding").getProvider().getName())
        .isEqualTo("BatchAPI");
    assertThat(MessageDigest.getInstance("SHA-256").getProvider().getName()).isEqualTo("BatchAPI");
    assertThat(Cipher.getInstance("AES/CBC/PKCS5Padding").getProvider()).isEqualTo(JDK);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 16, 17, 63, 64, 65, 255, 4_096, 16_384, 16_385, 100_003})
  void encryptsAndDecryptsAsTheJdkDoes(int length) throws Exception {
    for (var keyBytes : new int[] {16, 32}) {
      var key = bytes(keyBytes);
      var nonce = bytes(12);
      var head = bytes(length % 50);
      var plain = bytes(length);
      var ours = cipher(Cipher.getInstance("AES/GCM/NoPadding"), true, key, nonce, head);
      var theirs = cipher(Cipher.getInstance("AES/GCM/NoPadding", JDK), true, key, nonce, head);
      var secret = ours.doFinal(plain);
      assertThat(secret).isEqualTo(theirs.doFinal(plain));
      assertThat(
              cipher(Cipher.getInstance("AES/GCM/NoPadding"), false, key, nonce, head)
                  .doFinal(secret))
          .isEqualTo(plain);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 16_384, 50_001})
  void worksInPlaceAsTlsDoes(int length) throws Exception {
    var key = bytes(16);
    var nonce = bytes(12);
    var plain = bytes(length);
    for (var buffer :
        new ByteBuffer[] {
          ByteBuffer.allocate(length + 116), ByteBuffer.allocateDirect(length + 116)
        }) {
      buffer.position(100).put(plain).flip().position(100);
      var ours = cipher(Cipher.getInstance("AES/GCM/NoPadding"), true, key, nonce, new byte[5]);
      var target = buffer.duplicate().clear().position(100);
      ours.doFinal(buffer, target);
      var secret = new byte[length + 16];
      target.flip().position(100).get(secret);
      assertThat(secret)
          .isEqualTo(
              cipher(Cipher.getInstance("AES/GCM/NoPadding", JDK), true, key, nonce, new byte[5])
                  .doFinal(plain));
      ours = cipher(Cipher.getInstance("AES/GCM/NoPadding"), false, key, nonce, new byte[5]);
      var again = target.duplicate().position(100);
      ours.doFinal(target.duplicate().position(100), again);
      var back = new byte[length];
      again.flip().position(100).get(back);
      assertThat(back).isEqualTo(plain);
    }
  }

  @Test
  void takesItsInputInPieces() throws Exception {
    var key = bytes(16);
    var nonce = bytes(12);
    var plain = bytes(10_000);
    var ours = cipher(Cipher.getInstance("AES/GCM/NoPadding"), true, key, nonce, new byte[0]);
    var secret = new byte[10_016];
    var written = 0;
    for (int from = 0, some; from < plain.length; from += some) {
      some = Math.min(1 + RANDOM.nextInt(300), plain.length - from);
      written += ours.update(plain, from, some, secret, written);
    }
    written += ours.doFinal(secret, written);
    assertThat(written).isEqualTo(10_016);
    assertThat(
            cipher(Cipher.getInstance("AES/GCM/NoPadding", JDK), false, key, nonce, new byte[0])
                .doFinal(secret))
        .isEqualTo(plain);
  }

  @Test
  void whatWasChangedOnTheWayIsRefused() throws Exception {
    var key = bytes(16);
    var nonce = bytes(12);
    var secret =
        cipher(Cipher.getInstance("AES/GCM/NoPadding", JDK), true, key, nonce, new byte[3])
            .doFinal(bytes(1_000));
    for (var place : new int[] {0, 500, 999, 1_000, 1_015}) {
      var changed = secret.clone();
      changed[place] ^= 1;
      var ours = cipher(Cipher.getInstance("AES/GCM/NoPadding"), false, key, nonce, new byte[3]);
      assertThatThrownBy(() -> ours.doFinal(changed)).isInstanceOf(AEADBadTagException.class);
    }
    var other = cipher(Cipher.getInstance("AES/GCM/NoPadding"), false, key, nonce, new byte[4]);
    assertThatThrownBy(() -> other.doFinal(secret)).isInstanceOf(AEADBadTagException.class);
    var shorter = cipher(Cipher.getInstance("AES/GCM/NoPadding"), false, key, nonce, new byte[3]);
    assertThatThrownBy(() -> shorter.doFinal(Arrays.copyOf(secret, 10)))
        .isInstanceOf(GeneralSecurityException.class);
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    var ours = Cipher.getInstance("AES/GCM/NoPadding");
    var key = new SecretKeySpec(bytes(16), "AES");
    ours.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, bytes(12)));
    assertThatThrownBy(() -> ours.doFinal(bytes(100), 0, 100, new byte[110], 0))
        .isInstanceOf(ShortBufferException.class);
  }

  @Test
  void sumsAsTheJdkDoesAndCanBeCopied() throws Exception {
    var ours = MessageDigest.getInstance("SHA-256");
    var theirs = MessageDigest.getInstance("SHA-256", "SUN");
    for (var piece = 0; piece < 200; piece++) {
      var bytes = bytes(RANDOM.nextInt(1_000));
      ours.update(bytes);
      theirs.update(bytes);
      ours.update((byte) piece);
      theirs.update((byte) piece);
      var copy = (MessageDigest) ours.clone();
      assertThat(copy.digest()).isEqualTo(((MessageDigest) theirs.clone()).digest());
    }
    assertThat(ours.digest()).isEqualTo(theirs.digest());
    assertThat(ours.digest()).isEqualTo(theirs.digest());
    ours.update(bytes(5));
    ours.reset();
    assertThat(ours.digest()).isEqualTo(theirs.digest());
  }

  /** As on a processor or a system that Bouncy Castle has no code for. */
  @Test
  void withoutNativeCodeTheJdksIsUsed() throws Exception {
    var java = ProcessHandle.current().info().command().orElseThrow();
    var child =
        new ProcessBuilder(
                java,
                "-Dorg.bouncycastle.native.cpu_variant=java",
                "-cp",
                System.getProperty("java.class.path"),
                Providers.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(new String(child.getInputStream().readAllBytes(), UTF_8)).isEqualTo("SunJCE SUN");
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  static final class Providers {
    public static void main(String[] args) throws GeneralSecurityException {
      NativeCrypto.use();
      var cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(new byte[16], "AES"),
          new GCMParameterSpec(128, new byte[12]));
      var digest = MessageDigest.getInstance("SHA-256");
      System.out.print(cipher.getProvider().getName() + " " + digest.getProvider().getName());
    }
  }

  private static Cipher cipher(Cipher cipher, boolean encrypt, byte[] key, byte[] nonce, byte[] aad)
      throws GeneralSecurityException {
    cipher.init(
        encrypt ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE,
        new SecretKeySpec(key, "AES"),
        new GCMParameterSpec(128, nonce));
    cipher.updateAAD(aad);
    return cipher;
  }

  private static byte[] bytes(int length) {
    var bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }
}
