package dev.batchapi.data.store;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * One GET, wherever the server sends us on to.
 *
 * @param timeout for a connection, and between bytes
 */
record HttpGet(Duration timeout) {

  /**
   * The answer, of which nothing but the head has been read.
   *
   * @throws IOException if there is none
   * @throws StoreRefusedException if there never will be one
   */
  HttpURLConnection ask(String url, Map<String, String> headers) throws IOException {
    var name = StoredFile.name(url);
    var uri = uri(name, url);
    for (var i = 0; i <= Redirect.MOST; i++) {
      var connection = connection(name, uri);
      headers.forEach(connection::setRequestProperty);
      var location = location(name, connection);
      if (location == null) {
        return connection;
      }
      connection.disconnect();
      uri = Redirect.next(name, uri, location);
    }
    throw new StoreRefusedException(
        "%s: the server sends us on more than %d times.".formatted(name, Redirect.MOST));
  }

  private static URI uri(String name, String url) {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw noUrl(name, e);
    }
    if (uri.getHost() == null) {
      throw new StoreRefusedException("%s: the URL names no server.".formatted(name));
    }
    if (uri.getRawUserInfo() != null) {
      throw new StoreRefusedException(
          "A URL of %s has a password in it, which would be shown in status and results: leave it out."
              .formatted(uri.getHost()));
    }
    return uri;
  }

  private static StoreRefusedException noUrl(String name, Exception e) {
    return new StoreRefusedException(
        "%s is no URL: write a space as %%20, and other special characters likewise."
            .formatted(name),
        e);
  }

  private HttpURLConnection connection(String name, URI uri) throws IOException {
    try {
      var connection = (HttpURLConnection) uri.toURL().openConnection();
      connection.setInstanceFollowRedirects(false);
      connection.setConnectTimeout((int) timeout.toMillis());
      connection.setReadTimeout((int) timeout.toMillis());
      connection.setUseCaches(false);
      connection.setRequestProperty("Accept-Encoding", "identity");
      return connection;
    } catch (IllegalArgumentException | MalformedURLException e) {
      throw noUrl(name, e);
    }
  }

  /** Where the server sends us on to; null if it answers. */
  private static @Nullable String location(String name, HttpURLConnection connection)
      throws IOException {
    try {
      return switch (connection.getResponseCode()) {
        case 301, 302, 303, 307, 308 -> connection.getHeaderField("Location");
        default -> null;
      };
    } catch (SSLHandshakeException e) {
      connection.disconnect();
      throw Unanswered.of(name, e);
    } catch (IOException e) {
      connection.disconnect();
      throw e;
    }
  }
}
