package dev.batchapi.data.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthoritiesTest {
  private static final byte[] CONTENT = "1\n".getBytes(UTF_8);

  @TempDir private Path folder;
  private SSLContext before;
  private SSLSocketFactory beforeFactory;
  private SecureServer server;

  @BeforeEach
  void start() throws Exception {
    before = SSLContext.getDefault();
    beforeFactory = HttpsURLConnection.getDefaultSSLSocketFactory();
    server = SecureServer.start(folder);
    server
        .server()
        .createContext(
            "/",
            exchange -> {
              exchange.getResponseHeaders().set("ETag", "\"1\"");
              exchange.sendResponseHeaders(200, CONTENT.length);
              exchange.getResponseBody().write(CONTENT);
              exchange.close();
            });
  }

  @AfterEach
  void stop() {
    server.close();
    SSLContext.setDefault(before);
    HttpsURLConnection.setDefaultSSLSocketFactory(beforeFactory);
  }

  private byte[] read(Map<String, String> env) throws IOException {
    try (var stores = Stores.of(env, folder)) {
      var store = stores.of(server.url("/a.jsonl"));
      var file = Objects.requireNonNull(store.find(server.url("/a.jsonl")));
      try (var in = store.open(file, 0, file.size())) {
        return in.readAllBytes();
      }
    }
  }

  @Test
  void aPrivateOneIsTrustedIfTheEnvironmentHasItsCertificate() throws Exception {
    assertThatThrownBy(() -> read(Map.of()))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining("CA_CERTIFICATES, or into a file that SSL_CERT_FILE names");
    assertThat(read(Map.of("CA_CERTIFICATES", server.keys().certificate()))).isEqualTo(CONTENT);
  }

  @Test
  void aFileMayHaveSeveralWithWordsBetween() throws Exception {
    var bundle = folder.resolve("bundle.pem");
    var other = ServerKeys.make(Files.createDirectory(folder.resolve("other")), "dns:other");
    Files.writeString(
        bundle,
        "# the first - of two\n"
            + other.certificate()
            + "\n# mine\n"
            + server.keys().certificate());
    assertThat(read(Map.of("SSL_CERT_FILE", bundle.toString()))).isEqualTo(CONTENT);
  }

  @Test
  void whatIsNoCertificateIsNamed() throws Exception {
    var empty = Files.writeString(folder.resolve("empty.pem"), "nothing");
    assertThatThrownBy(() -> read(Map.of("CA_CERTIFICATES", "nothing")))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageStartingWith("CA_CERTIFICATES has no certificate")
        .hasMessageContaining(": PEM is expected");
    assertThatThrownBy(() -> read(Map.of("AWS_CA_BUNDLE", empty.toString())))
        .hasMessageStartingWith("AWS_CA_BUNDLE has no certificate")
        .hasMessageContaining(", in " + empty);
    assertThatThrownBy(() -> read(Map.of("SSL_CERT_FILE", "/no/such/file")))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessage("SSL_CERT_FILE names a file that can't be read: /no/such/file");
    assertThatThrownBy(
            () -> read(Map.of("CA_CERTIFICATES", server.keys().certificate().substring(0, 200))))
        .hasMessageStartingWith("CA_CERTIFICATES has no certificate that can be read: PEM");
  }
}
