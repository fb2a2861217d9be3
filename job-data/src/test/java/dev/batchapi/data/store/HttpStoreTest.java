package dev.batchapi.data.store;

import static dev.batchapi.data.store.WebServer.Fault.BREAKS_OFF;
import static dev.batchapi.data.store.WebServer.Fault.STALLS;
import static dev.batchapi.data.store.WebServer.Fault.TOO_MANY_REQUESTS;
import static dev.batchapi.data.store.WebServer.Fault.UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpStoreTest {
  private static final byte[] CONTENT = new byte[100_000];

  static {
    new Random(1).nextBytes(CONTENT);
  }

  private final WebServer server = start();
  private final Store store = store(Duration.ofSeconds(20));

  private static Store store(Duration bound) {
    return new HttpStore(
        Duration.ofSeconds(3), new Backoff(Duration.ofMillis(5), Duration.ofMillis(50), bound));
  }

  private static WebServer start() {
    try {
      return new WebServer(CONTENT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void rangesHaveTheDigitsOfTheProtocolWhateverThoseOfTheUser() throws IOException {
    var file = find();
    var before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      assertThat(read(file, 7, 10)).isEqualTo(Arrays.copyOfRange(CONTENT, 7, 17));
      assertThat(server.ranges()).containsExactly("bytes=0-0", "bytes=7-16");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void aFileHasSizeAndVersionAndIsReadInParts() throws IOException {
    var file = find();
    assertThat(file).isEqualTo(new StoredFile(server.url("a.jsonl"), 100_000, "\"1\""));
    assertThat(read(file, 0, 100_000)).isEqualTo(CONTENT);
    assertThat(read(file, 99_990, 10)).isEqualTo(Arrays.copyOfRange(CONTENT, 99_990, 100_000));
    assertThat(read(file, 7, 0)).isEmpty();
    assertThat(server.ranges()).containsExactly("bytes=0-0", "null", "bytes=99990-99999");
    server.status(404);
    assertThat(store.find(server.url("b.jsonl"))).isNull();
  }

  @Test
  void anEmptyFileIsAFile() {
    server.content(new byte[0], null);
    assertThat(find().size()).isZero();
    assertThat(find().version()).isEmpty();
  }

  @Test
  void aStreamThatBreaksOffOrStallsIsReadOnFromThere() throws IOException {
    var file = find();
    server.next(BREAKS_OFF, UNAVAILABLE, STALLS, TOO_MANY_REQUESTS, BREAKS_OFF);
    assertThat(read(file, 0, 100_000)).isEqualTo(CONTENT);
    assertThat(server.ranges())
        .containsExactly(
            "bytes=0-0",
            "null",
            "bytes=50000-99999",
            "bytes=50000-99999",
            "bytes=75000-99999",
            "bytes=75000-99999",
            "bytes=87500-99999");
  }

  @Test
  void aFileThatChangesInTheMiddleIsNoMix() throws IOException {
    var file = find();
    server.next(BREAKS_OFF);
    try (var in = store.open(file, 0, 100_000)) {
      in.readNBytes(10);
      server.content(CONTENT, "\"2\"");
      assertThatThrownBy(in::readAllBytes)
          .isInstanceOf(FileChangedException.class)
          .hasMessageContaining("a.jsonl changed since it was listed: it is another version");
    }
    server.status(404);
    assertThatThrownBy(() -> read(file, 0, 10)).hasMessageContaining("it is gone");
  }

  /** Without a strong ETag there is no If-Match. */
  @Test
  void aChangeIsSeenInWhatTheServerSaysOfTheFile() {
    server.content(CONTENT, "W/\"1\"");
    var weak = find();
    server.content(CONTENT, "W/\"2\"");
    assertThatThrownBy(() -> read(weak, 5, 10)).isInstanceOf(FileChangedException.class);
    server.content(CONTENT, null);
    var nothing = find();
    server.content(new byte[99_999], null);
    assertThatThrownBy(() -> read(nothing, 5, 10)).isInstanceOf(FileChangedException.class);
  }

  @Test
  void aServerWithoutRangesIsReadFromTheStart() throws IOException {
    server.withoutRanges();
    var file = find();
    assertThat(file.size()).isEqualTo(100_000);
    server.next(BREAKS_OFF);
    assertThat(read(file, 1_000, 99_000)).isEqualTo(Arrays.copyOfRange(CONTENT, 1_000, 100_000));
  }

  @Test
  void aRefusalIsFinalAndShowsNoSignature() {
    server.status(403);
    assertThatThrownBy(() -> store.find(server.url("a.jsonl?X-Amz-Signature=hush")))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageMatching(".*/a.jsonl: the server 127.0.0.1:\\d+ answers 403 Forbidden\\.");
    assertThat(server.ranges()).hasSize(1);
    refused("http://me:hush@example.com/a", "A URL of example.com has a password in it");
    refused("http:///a", "names no server");
    refused(server.url("a b"), "is no URL: write a space as %20");
  }

  @Test
  void aServerThatIsAwayIsSaidSoInItsWordsAfterAWhile() {
    var brief = store(Duration.ofSeconds(1));
    server.status(503);
    assertThatThrownBy(() -> brief.find(server.url("a")))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("answers 503");
    assertThat(server.ranges().size()).isGreaterThan(2);
    server.close();
    assertThatThrownBy(() -> brief.find(server.url("a")))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("/a: no answer: Connection refused");
  }

  @Test
  void aCertificateThatIsNotTrustedIsFinalAndAnUnknownNameIsNot(@TempDir Path dir)
      throws Exception {
    try (var secure = SecureServer.start(dir)) {
      refused(secure.url("/a"), "the server's certificate is not trusted here");
    }
    assertThatThrownBy(() -> store(Duration.ofMillis(50)).find("http://no-such-host.invalid/a"))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("/a: no server has the name no-such-host.invalid");
  }

  @Test
  void whereTheServerSendsUsOnToIsFollowed() throws IOException {
    try (var first = new WebServer(new byte[0])) {
      first.redirect(server.url("moved.jsonl"));
      var file = Objects.requireNonNull(store.find(first.url("a.jsonl")));
      assertThat(file.url()).isEqualTo(first.url("a.jsonl"));
      assertThat(read(file, 10, 20)).isEqualTo(Arrays.copyOfRange(CONTENT, 10, 30));
      first.redirect("/again");
      refused(first.url("a"), "the server sends us on more than 10 times");
    }
  }

  @Test
  void itHasNoList() {
    assertThat(store.lists()).isFalse();
    assertThatThrownBy(() -> store.list("http://x/", file -> {}))
        .hasMessageContaining("a web server has no list of its files");
  }

  private StoredFile find() {
    return Objects.requireNonNull(store.find(server.url("a.jsonl")));
  }

  private byte[] read(StoredFile file, long offset, long length) throws IOException {
    try (var in = store.open(file, offset, length)) {
      return in.readAllBytes();
    }
  }

  private void refused(String url, String message) {
    assertThatThrownBy(() -> store.find(url))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("hush");
  }
}
