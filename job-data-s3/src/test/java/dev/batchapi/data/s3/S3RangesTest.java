package dev.batchapi.data.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.batchapi.data.store.Backoff;
import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoredFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Stores that speak S3, and take ranges for something else. */
class S3RangesTest {
  private static final byte[] CONTENT = "0123456789".getBytes(UTF_8);
  private static final StoredFile FILE = new StoredFile("s3://b/k", CONTENT.length, "\"1\"");

  private HttpServer server;
  private Store store;

  /** What it answers any range with: its first byte; -1 is all, without a range. */
  private volatile int answersFrom = -1;

  private volatile String asked = "";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    var endpoint = "http://127.0.0.1:" + server.getAddress().getPort();
    store =
        new S3Store(
            S3Settings.of(Map.of("AWS_ENDPOINT_URL", endpoint)),
            Duration.ofSeconds(20),
            new Backoff(Duration.ofMillis(5), Duration.ofMillis(50), Duration.ofSeconds(1)));
  }

  @AfterEach
  void stop() {
    store.close();
    server.stop(0);
  }

  @Test
  void aStoreThatIgnoresRangesIsReadFromTheStartOnly() throws IOException {
    assertThat(read(0, 10)).isEqualTo("0123456789");
    refused(5, 5);
  }

  @Test
  void anotherRangeIsRefused() throws IOException {
    answersFrom = 5;
    assertThat(read(5, 5)).isEqualTo("56789");
    refused(0, 5);
    refused(6, 4);
  }

  @Test
  void rangesHaveTheDigitsOfTheProtocolWhateverThoseOfTheUser() throws IOException {
    var before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      answersFrom = 5;
      assertThat(read(5, 5)).isEqualTo("56789");
      assertThat(asked).isEqualTo("bytes=5-9");
    } finally {
      Locale.setDefault(before);
    }
  }

  private String read(long offset, long length) throws IOException {
    try (var in = store.open(FILE, offset, length)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private void refused(long offset, long length) {
    assertThatThrownBy(() -> read(offset, length))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining("s3://b/k: the store answers another range");
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked = String.valueOf(exchange.getRequestHeaders().getFirst("Range"));
    var from = Math.max(0, answersFrom);
    var headers = exchange.getResponseHeaders();
    headers.add("ETag", FILE.version());
    if (answersFrom >= 0) {
      headers.add("Content-Range", "bytes " + from + "-9/10");
    }
    exchange.sendResponseHeaders(answersFrom >= 0 ? 206 : 200, CONTENT.length - from);
    exchange.getResponseBody().write(CONTENT, from, CONTENT.length - from);
    exchange.close();
  }
}
