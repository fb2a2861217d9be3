package dev.batchapi.data.store;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/**
 * A certificate that nobody has signed but its own key, for a server.
 *
 * @param file a PKCS 12 file with both
 */
public record ServerKeys(Path file) {
  /** Of {@link #file}. */
  public static final String PASSWORD = "changeit";

  private static final String ALIAS = "server";

  /**
   * Makes one by the JDK's keytool.
   *
   * @param folder for its file
   * @param names of the server, as keytool wants them: {@code dns:localhost,ip:127.0.0.1}
   */
  public static ServerKeys make(Path folder, String names)
      throws IOException, InterruptedException {
    var file = folder.resolve("keys.p12");
    var keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=" + names,
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .inheritIO()
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool ended with " + keytool.exitValue());
    }
    return new ServerKeys(file);
  }

  /** The certificate as PEM: what a client has to trust. */
  public String certificate() throws IOException, GeneralSecurityException {
    return pem("CERTIFICATE", open().getCertificate(ALIAS).getEncoded());
  }

  /** The key as PEM. */
  public String key() throws IOException, GeneralSecurityException {
    return pem("PRIVATE KEY", open().getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
  }

  KeyStore open() throws IOException, GeneralSecurityException {
    return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
  }

  private static String pem(String what, byte[] content) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(
            what, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content), what);
  }
}
