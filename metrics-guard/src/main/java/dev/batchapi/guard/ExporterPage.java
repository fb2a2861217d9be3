package dev.batchapi.guard;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;

/**
 * The exporter's metrics, handed on as they are.
 *
 * @param metrics where the exporter shows them
 */
record ExporterPage(URI metrics) {
  private static final int CONNECT_MILLIS = 2_000;
  private static final int ANSWER_MILLIS = 10_000;

  void answer(HttpExchange exchange) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) metrics.toURL().openConnection();
    connection.setConnectTimeout(CONNECT_MILLIS);
    connection.setReadTimeout(ANSWER_MILLIS);
    // In which format they are shown; start timestamps are not in all of them.
    String accept = exchange.getRequestHeaders().getFirst("Accept");
    if (accept != null) {
      connection.setRequestProperty("Accept", accept);
    }
    try {
      int code = connection.getResponseCode();
      if (code != HttpURLConnection.HTTP_OK) {
        exchange.sendResponseHeaders(HttpURLConnection.HTTP_BAD_GATEWAY, -1);
        return;
      }
      exchange.getResponseHeaders().set("Content-Type", connection.getContentType());
      exchange.sendResponseHeaders(code, 0);
      try (InputStream body = connection.getInputStream()) {
        body.transferTo(exchange.getResponseBody());
      }
    } finally {
      connection.disconnect();
    }
  }
}
