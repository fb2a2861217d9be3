package dev.batchapi.cli.crypto;

import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.util.function.Supplier;
import org.bouncycastle.crypto.CryptoServicesRegistrar;
import org.bouncycastle.crypto.NativeServices;

/**
 * AES-GCM, which TLS needs, and SHA-256, which result files need, by the processor's own
 * instructions: the code is Bouncy Castle's. The JDK has them in its second compiler only, which
 * bin/batchapi does without to start fast; with the first one a connection over TLS reads 20 to 50
 * MB each second and not 500. Loaded when first asked for; where the processor or the system has no
 * such code, the JDK's own is used as ever.
 */
@SuppressWarnings("serial") // nobody writes a provider to a file
public final class NativeCrypto extends Provider {
  private static final String NAME = "BatchAPI";

  private NativeCrypto() {
    super(NAME, "1", "AES-GCM and SHA-256 by Bouncy Castle's native code");
    putService(
        new NativeService(
            "Cipher",
            "AES/GCM/NoPadding",
            NativeGcm.class,
            NativeServices.AES_GCM,
            NativeGcm::new));
    putService(
        new NativeService(
            "MessageDigest",
            "SHA-256",
            NativeSha256.class,
            NativeServices.SHA256,
            NativeSha256::new));
  }

  /** From now on, for all of this process. */
  public static void use() {
    Security.insertProviderAt(new NativeCrypto(), 1); // a second time it does nothing
  }

  private final class NativeService extends Service {
    private final String feature;
    private final Supplier<Object> made;

    NativeService(
        String type, String algorithm, Class<?> kind, String feature, Supplier<Object> made) {
      super(NativeCrypto.this, type, algorithm, kind.getName(), null, null);
      this.feature = feature;
      this.made = made;
    }

    /**
     * One for one user.
     *
     * @throws NoSuchAlgorithmException if there is no native code for it here: the next provider is
     *     asked
     */
    @Override
    public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
      try {
        if (CryptoServicesRegistrar.hasEnabledService(feature)) {
          return made.get();
        }
      } catch (LinkageError e) {
        // As where nothing in the temporary folder may be run: the library lies there.
      }
      throw new NoSuchAlgorithmException("no native code for " + getAlgorithm());
    }
  }
}
