package dev.batchapi.data.gcs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.services.storage.model.StorageObject;
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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against fake-gcs-server. */
class GcsStoreIT {
  private static FakeGcs server;

  @BeforeAll
  static void start() throws IOException {
    server = FakeGcs.start();
    for (var bucket : List.of("data", "keys", "many", "change")) {
      server.bucket(bucket);
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void aFolderIsListedCutAndReadAgainBatchByBatch() throws IOException {
    server.put("data", "in/a.jsonl", "1\n2\n3\n".getBytes(UTF_8));
    server.put("data", "in/b/c.csv", "x\n\"4\n5\"\n".getBytes(UTF_8));
    server.put("data", "in/empty.jsonl", new byte[0]);
    server.put("data", "in/folder/", new byte[0]);
    server.put("data", "in/z.txt", "no".getBytes(UTF_8));
    try (var stores = Stores.of(server.env(), Path.of("."))) {
      var spec = new FilesSpec(List.of("gs://data/in/"), List.of("*.txt"), null, null, null);
      var batches = new ArrayList<BatchRef>();
      var split =
          new Splitter(Listing.of(spec, stores), spec, 3, stores)
              .split((index, ref) -> batches.add(BatchRef.read(ref.toJson())));
      assertThat(split.files()).isEqualTo(3);
      assertThat(split.items()).isEqualTo(4);
      var reader = new BatchReader(spec, stores);
      assertThat(batches.stream().map(reader::payload).map(json -> new String(json, UTF_8)))
          .containsExactly("[1,2,3]", "[{\"x\":\"4\\n5\"}]");
      assertThat(reader.source(batches.getLast(), 0)).isEqualTo("gs://data/in/b/c.csv:2");
      assertThatThrownBy(() -> Listing.of(FilesSpec.of(List.of("gs://data/in/*.xml")), stores))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("matches no file");
      assertThatThrownBy(() -> Listing.of(FilesSpec.of(List.of("gs://data/in/none")), stores))
          .hasMessageContaining("there is no such file");
      var empty = stores.of("gs://").find("gs://data/in/empty.jsonl");
      assertThat(Objects.requireNonNull(empty).size()).isZero();
    }
  }

  @Test
  void anyNameIsFoundAndRead() throws IOException {
    var names =
        List.of(
            "a b", "a#b", "100%", "a%20b", "a+b", "é/ü-😀", "a&b=c?d", "x'y\"z", "(a)[b]", "c//d");
    for (var name : names) {
      server.put("keys", "k/" + name, name.getBytes(UTF_8));
    }
    try (var store = store(server.env())) {
      assertThat(list(store, "gs://keys/k/").stream().map(StoredFile::url))
          .containsExactlyInAnyOrderElementsOf(
              names.stream().map(name -> "gs://keys/k/" + name).toList());
      for (var name : names) {
        var file = store.find("gs://keys/k/" + name);
        assertThat(file).as(name).isNotNull();
        assertThat(read(store, Objects.requireNonNull(file))).isEqualTo(name.getBytes(UTF_8));
      }
    }
  }

  @Test
  void aListHasManyPages() throws IOException {
    for (var i = 0; i < 1_050; i++) {
      server.put("many", "f%04d".formatted(i), new byte[] {1});
    }
    try (var store = store(server.env())) {
      assertThat(list(store, "gs://many/f")).hasSize(1_050);
      assertThat(list(store, "gs://many/f09")).hasSize(100);
    }
  }

  @Test
  void anyPartIsReadAndTheFileHasOneVersion() throws IOException {
    var content = new byte[300_000];
    new Random(1).nextBytes(content);
    server.put("change", "large", content);
    try (var store = store(server.env())) {
      var file = Objects.requireNonNull(store.find("gs://change/large"));
      assertThat(list(store, "gs://change/large")).containsExactly(file);
      assertThat(read(store, file)).isEqualTo(content);
      try (var in = store.open(file, 299_990, 10)) {
        assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 299_990, 300_000));
      }
      server.put("change", "large", content);
      assertThatThrownBy(() -> read(store, file))
          .isInstanceOf(FileChangedException.class)
          .hasMessageContaining(
              "gs://change/large changed since it was listed: it is another version");
      server.delete("change", "large");
      assertThatThrownBy(() -> read(store, file))
          .isInstanceOf(FileChangedException.class)
          .hasMessageContaining("it is gone");
    }
  }

  /** The server would unpack it, and its size would be another one. */
  @Test
  void whatIsStoredAsGzipIsReadAsItIsStored() throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write("1\n2\n".repeat(100).getBytes(UTF_8));
    }
    server.put(
        "data",
        new StorageObject().setName("packed.jsonl.gz").setContentEncoding("gzip"),
        packed.toByteArray());
    try (var store = store(server.env())) {
      var file = Objects.requireNonNull(store.find("gs://data/packed.jsonl.gz"));
      assertThat(read(store, file)).isEqualTo(packed.toByteArray());
    }
  }

  @Test
  void aRefusalNamesBucketAndPlace() {
    try (var store = store(server.env())) {
      for (var url : List.of("gs://nothing-here/x", "gs://nothing-here/")) {
        assertThatThrownBy(() -> store.list(url, file -> {}))
            .isInstanceOf(StoreRefusedException.class)
            .hasMessage(
                "There is no bucket nothing-here at %s, asked with no credentials.",
                server.endpoint());
      }
      assertThatThrownBy(() -> store.find("gs://nothing-here/x"))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("There is no bucket nothing-here");
      assertThatThrownBy(() -> store.find("gs://data"))
          .hasMessageContaining("names no bucket and object");
    }
  }

  @Test
  void aServerThatIsAwayIsSaidSo() throws IOException {
    try (var other = FakeGcs.start();
        var store = store(other.env())) {
      other.bucket("data");
      other.put("data", "a", "1".getBytes(UTF_8));
      var file = Objects.requireNonNull(store.find("gs://data/a"));
      other.kill();
      assertThatThrownBy(() -> read(store, file))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining(other.endpoint())
          .hasMessageContaining("bucket data: no answer: Connection refused");
    }
  }

  private static Store store(Map<String, String> env) {
    return new GcsStore(
        GcsSettings.of(env),
        Duration.ofSeconds(5),
        new Backoff(Duration.ofMillis(10), Duration.ofMillis(50), Duration.ofMillis(300)));
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
}
