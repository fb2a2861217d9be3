package dev.batchapi.data.s3;

import static dev.batchapi.data.s3.FaultyLine.Fault.BREAKS_OFF;
import static dev.batchapi.data.s3.FaultyLine.Fault.SLOW_DOWN;
import static dev.batchapi.data.s3.FaultyLine.Fault.STALLS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.data.files.BatchReader;
import dev.batchapi.data.files.BatchRef;
import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.files.Listing;
import dev.batchapi.data.files.Splitter;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.store.Backoff;
import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against a real S3 server. */
class S3StoreIT {
  private static final byte[] LARGE = new byte[300_000];
  private static VersityGw server;

  @BeforeAll
  static void start() {
    new Random(1).nextBytes(LARGE);
    server = VersityGw.start();
    for (var bucket : List.of("data", "keys", "many", "change", "line")) {
      server.bucket(bucket);
    }
    server.put("line", "large", LARGE);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void aFolderIsListedCutAndReadAgainBatchByBatch() {
    server.put("data", "in/a.jsonl", "1\n2\n3\n".getBytes(UTF_8));
    server.put("data", "in/b/c.csv", "x\n\"4\n5\"\n".getBytes(UTF_8));
    server.put("data", "in/empty.jsonl", new byte[0]);
    server.put("data", "in/z.txt", "no".getBytes(UTF_8));
    try (var stores = Stores.of(server.env(), Path.of("."))) {
      var spec = new FilesSpec(List.of("s3://data/in/"), List.of("*.txt"), null, null, null);
      var batches = new ArrayList<BatchRef>();
      var split =
          new Splitter(Listing.of(spec, stores), spec, 3, stores)
              .split((index, ref) -> batches.add(BatchRef.read(ref.toJson())));
      assertThat(split.files()).isEqualTo(3);
      assertThat(split.items()).isEqualTo(4);
      var reader = new BatchReader(spec, stores);
      assertThat(batches.stream().map(reader::payload).map(json -> new String(json, UTF_8)))
          .containsExactly("[1,2,3]", "[{\"x\":\"4\\n5\"}]");
      assertThat(reader.source(batches.getLast(), 0)).isEqualTo("s3://data/in/b/c.csv:2");
      assertThatThrownBy(() -> Listing.of(FilesSpec.of(List.of("s3://data/in/*.xml")), stores))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("matches no file");
      assertThatThrownBy(() -> Listing.of(FilesSpec.of(List.of("s3://data/in")), stores))
          .hasMessageContaining("s3://data/in is a folder: write s3://data/in/");
      assertThatThrownBy(() -> Listing.of(FilesSpec.of(List.of("s3://da*/in/")), stores))
          .hasMessageContaining("a bucket is named as it is");
      var empty = stores.of("s3://").find("s3://data/in/empty.jsonl");
      assertThat(Objects.requireNonNull(empty).size()).isZero();
    }
  }

  @Test
  void anyKeyIsFoundAndRead() throws IOException {
    var keys =
        List.of("a b", "a#b", "100%", "a%20b", "a+b", "é/ü-😀", "a&b=c?d", "x'y\"z", "(a)[b]");
    keys.forEach(key -> server.put("keys", "k/" + key, key.getBytes(UTF_8)));
    try (var store = store(server.env())) {
      assertThat(list(store, "s3://keys/k/").stream().map(StoredFile::url))
          .containsExactlyInAnyOrderElementsOf(
              keys.stream().map(key -> "s3://keys/k/" + key).toList());
      for (var key : keys) {
        var file = store.find("s3://keys/k/" + key);
        assertThat(file).as(key).isNotNull();
        assertThat(read(store, Objects.requireNonNull(file))).isEqualTo(key.getBytes(UTF_8));
      }
    }
  }

  @Test
  void aListHasManyPages() {
    try (var client = server.client()) {
      for (var i = 0; i < 1_050; i++) {
        var key = "f%04d".formatted(i);
        client.putObject(
            put -> put.bucket("many").key(key),
            software.amazon.awssdk.core.sync.RequestBody.fromString("1"));
      }
    }
    try (var store = store(server.env())) {
      assertThat(list(store, "s3://many/f")).hasSize(1_050);
      assertThat(list(store, "s3://many/f09")).hasSize(100);
    }
  }

  @Test
  void anObjectThatChangesOrGoesIsSaidSo() {
    server.put("change", "a", "one".getBytes(UTF_8));
    try (var store = store(server.env());
        var client = server.client()) {
      var file = Objects.requireNonNull(store.find("s3://change/a"));
      server.put("change", "a", "two".getBytes(UTF_8));
      assertThatThrownBy(() -> read(store, file))
          .isInstanceOf(FileChangedException.class)
          .hasMessageContaining("s3://change/a changed since it was listed: it is another version");
      client.deleteObject(delete -> delete.bucket("change").key("a"));
      assertThatThrownBy(() -> read(store, file))
          .isInstanceOf(FileChangedException.class)
          .hasMessageContaining("it is gone");
    }
  }

  @Test
  void whatIsPublicIsReadWithoutCredentials() throws IOException {
    server.bucket("open-to-all");
    server.put("open-to-all", "a", "1".getBytes(UTF_8));
    try (var client = server.client();
        var store = store(Map.of("AWS_ENDPOINT_URL", server.endpoint().toString()))) {
      client.putBucketPolicy(
          put ->
              put.bucket("open-to-all")
                  .policy(
                      """
                      {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
                       "Action": ["s3:GetObject", "s3:ListBucket"],
                       "Resource": ["arn:aws:s3:::open-to-all", "arn:aws:s3:::open-to-all/*"]}]}
                      """));
      var files = list(store, "s3://open-to-all/");
      assertThat(files).hasSize(1);
      assertThat(read(store, files.getFirst())).isEqualTo("1".getBytes(UTF_8));
    }
  }

  /** Of gateways to a file system. */
  @Test
  void anObjectWithoutAnEtagIsReadAndItsChangeIsSeen() throws IOException {
    server.putWithoutEtag("change", "plain", "one");
    try (var store = store(server.env())) {
      var file = Objects.requireNonNull(store.find("s3://change/plain"));
      assertThat(list(store, "s3://change/plain")).containsExactly(file);
      assertThat(read(store, file)).isEqualTo("one".getBytes(UTF_8));
      server.putWithoutEtag("change", "plain", "three");
      assertThatThrownBy(() -> read(store, file)).isInstanceOf(FileChangedException.class);
    }
  }

  @Test
  void aStreamThatBreaksOffOrStallsIsReadOnFromThere() throws IOException {
    try (var line = new FaultyLine(server.port());
        var store = store(with("AWS_ENDPOINT_URL", line.endpoint().toString()))) {
      var file = Objects.requireNonNull(store(server.env()).find("s3://line/large"));
      line.next(BREAKS_OFF, STALLS, SLOW_DOWN, SLOW_DOWN, BREAKS_OFF);
      assertThat(read(store, file)).isEqualTo(LARGE);
      assertThat(line.met()).isTrue();
      try (var in = store.open(file, 299_990, 10)) {
        assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(LARGE, 299_990, 300_000));
      }
    }
  }

  @Test
  void aRefusalNamesBucketPlaceAndKeyAndNoSecret() {
    refused(
        "s3://nothing-here/x", server.env(), "There is no bucket nothing-here at http://127.0.0.1");
    refused(
        "s3://data/x",
        with("AWS_SECRET_ACCESS_KEY", "hush-wrong"),
        "doesn't accept the credentials for bucket data, access key test-key: SignatureDoesNotMatch");
    refused(
        "s3://data/x",
        with("AWS_ACCESS_KEY_ID", "nobody"),
        "doesn't accept the credentials for bucket data, access key nobody");
    refused(
        "s3://data/x",
        Map.of("AWS_ENDPOINT_URL", server.endpoint().toString()),
        "bucket data to no credentials: AccessDenied");
    refused(
        "s3://data/x",
        Map.of("AWS_ENDPOINT_URL", server.endpoint().toString(), "AWS_PROFILE", "nowhere"),
        "No credentials for bucket data at http://127.0.0.1");
    refused("s3://data", server.env(), "names no bucket and key");
    assertThatThrownBy(() -> new S3Provider().open(with("AWS_ENDPOINT_URL", "http://u:hush@x")))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContaining("AWS_ENDPOINT_URL is no URL")
        .hasMessageNotContaining("hush");
  }

  @Test
  void aServerThatIsAwayIsSaidSoAndComesBack() throws IOException {
    try (var other = VersityGw.start();
        var store = store(other.env())) {
      other.bucket("data");
      other.put("data", "a", "1".getBytes(UTF_8));
      var file = Objects.requireNonNull(store.find("s3://data/a"));
      other.kill();
      assertThatThrownBy(() -> read(brief(other.env()), file))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining(other.endpoint().toString())
          .hasMessageContaining("bucket data: no answer: Connection refused");
      Thread.startVirtualThread(other::restart);
      assertThat(read(store, file)).isEqualTo("1".getBytes(UTF_8));
    }
  }

  private static Map<String, String> with(String name, String value) {
    var env = new HashMap<>(server.env());
    env.put(name, value);
    return env;
  }

  private static Store store(Map<String, String> env) {
    return new S3Store(
        S3Settings.of(env),
        Duration.ofSeconds(2),
        new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1), Duration.ofMinutes(1)));
  }

  /** One that doesn't wait for long. */
  private static Store brief(Map<String, String> env) {
    return new S3Store(
        S3Settings.of(env),
        Duration.ofSeconds(2),
        new Backoff(Duration.ofMillis(10), Duration.ofMillis(10), Duration.ofMillis(100)));
  }

  private static List<StoredFile> list(Store store, String prefix) {
    var files = new ArrayList<StoredFile>();
    store.list(prefix, files::add);
    return files;
  }

  private static byte[] read(Store store, StoredFile file) throws IOException {
    try (var in = store.open(file, 0, file.size())) {
      return in.readAllBytes();
    }
  }

  private static void refused(String url, Map<String, String> env, String message) {
    try (var store = brief(env)) {
      assertThatThrownBy(() -> store.find(url))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining(message)
          .hasMessageNotContaining("hush");
      assertThatThrownBy(() -> store.list(url, file -> {}))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining(message)
          .hasMessageNotContaining("hush");
    }
  }
}
