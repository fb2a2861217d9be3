package dev.batchapi.data.store;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A web server with a certificate that it made itself. Close it.
 *
 * @param clients what a client trusts it with
 * @param keys a PKCS 12 file with the certificate and its key, for other servers
 */
public record SecureServer(HttpsServer server, SSLContext clients, Path keys)
    implements AutoCloseable {
  /** Of {@link #keys}. */
  public static final String PASSWORD = "changeit";

  /** Starts one that has no pages yet. */
  public static SecureServer start(Path folder)
      throws IOException, GeneralSecurityException, InterruptedException {
    var store = folder.resolve("keys.p12");
    var keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .inheritIO()
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool ended with " + keytool.exitValue());
    }
    var keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    var context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.start();
    var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(keys);
    var clients = SSLContext.getInstance("TLS");
    clients.init(null, trusted.getTrustManagers(), null);
    return new SecureServer(server, clients, store);
  }

  /** The address of a page, with a slash at its beginning. */
  public String url(String page) {
    return "https://localhost:%d%s".formatted(server.getAddress().getPort(), page);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
