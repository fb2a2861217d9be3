package dev.batchapi.data.store;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A web server with a certificate that it made itself. Close it.
 *
 * @param clients what a client trusts it with
 * @param keys its certificate and key, for other servers
 */
public record SecureServer(HttpsServer server, SSLContext clients, ServerKeys keys)
    implements AutoCloseable {
  /** Starts one that has no pages yet. */
  public static SecureServer start(Path folder)
      throws IOException, GeneralSecurityException, InterruptedException {
    var own = ServerKeys.make(folder, "dns:localhost,ip:127.0.0.1");
    var keys = own.open();
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, ServerKeys.PASSWORD.toCharArray());
    var context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.start();
    var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(keys);
    var clients = SSLContext.getInstance("TLS");
    clients.init(null, trusted.getTrustManagers(), null);
    return new SecureServer(server, clients, own);
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
