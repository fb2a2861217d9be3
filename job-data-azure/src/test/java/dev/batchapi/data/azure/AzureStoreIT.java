package dev.batchapi.data.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.util.Context;
import com.azure.storage.blob.models.PublicAccessType;
import com.azure.storage.blob.sas.BlobSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
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
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against Azurite. */
class AzureStoreIT {
  private static Azurite server;

  @BeforeAll
  static void start() {
    server = Azurite.start();
    for (var container : List.of("data", "keys", "change")) {
      server.client().createBlobContainer(container);
    }
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
    server.put("data", "in/folder", new byte[0]);
    server
        .client()
        .getBlobContainerClient("data")
        .getBlobClient("in/folder")
        .setMetadata(Map.of("hdi_isfolder", "true"));
    server.put("data", "in/z.txt", "no".getBytes(UTF_8));
    try (var stores = Stores.of(server.env(), Path.of("."))) {
      var spec = new FilesSpec(List.of("az://data/in/"), List.of("*.txt"), null, null, null);
      var batches = new ArrayList<BatchRef>();
      var split =
          new Splitter(Listing.of(spec, stores), spec, 3, stores)
              .split((index, ref) -> batches.add(BatchRef.read(ref.toJson())));
      assertThat(split.files()).isEqualTo(3);
      assertThat(split.items()).isEqualTo(4);
      var reader = new BatchReader(spec, stores);
      assertThat(batches.stream().map(reader::payload).map(json -> new String(json, UTF_8)))
          .containsExactly("[1,2,3]", "[{\"x\":\"4\\n5\"}]");
      assertThat(reader.source(batches.getLast(), 0)).isEqualTo("az://data/in/b/c.csv:2");
      assertThatThrownBy(() -> Listing.of(FilesSpec.of(List.of("az://data/in/*.xml")), stores))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("matches no file");
      assertThatThrownBy(() -> Listing.of(FilesSpec.of(List.of("az://data/in/none")), stores))
          .hasMessageContaining("there is no such file");
      var empty = stores.of("az://").find("az://data/in/empty.jsonl");
      assertThat(Objects.requireNonNull(empty).size()).isZero();
    }
  }

  @Test
  void anyNameIsFoundAndRead() throws IOException {
    var names =
        List.of("a b", "a#b", "100%", "a%20b", "a+b", "é/ü-😀", "a&b=c?d", "x'y", "(a)[b]", "c//d");
    for (var name : names) {
      server.put("keys", "k/" + name, name.getBytes(UTF_8));
    }
    try (var store = store(server.env())) {
      assertThat(list(store, "az://keys/k/").stream().map(StoredFile::url))
          .containsExactlyInAnyOrderElementsOf(
              names.stream().map(name -> "az://keys/k/" + name).toList());
      for (var name : names) {
        var file = store.find("az://keys/k/" + name);
        assertThat(file).as(name).isNotNull();
        assertThat(read(store, Objects.requireNonNull(file))).isEqualTo(name.getBytes(UTF_8));
      }
    }
  }

  @Test
  void anyPartIsReadAndTheFileHasOneVersion() throws IOException {
    var content = new byte[3_000_000];
    new Random(1).nextBytes(content);
    server.put("change", "large", content);
    try (var store = store(server.env())) {
      var file = Objects.requireNonNull(store.find("az://change/large"));
      assertThat(list(store, "az://change/large")).containsExactly(file);
      assertThat(read(store, file)).isEqualTo(content);
      try (var in = store.open(file, 2_999_990, 10)) {
        assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 2_999_990, 3_000_000));
      }
      server.put("change", "large", content);
      assertThatThrownBy(() -> read(store, file))
          .isInstanceOf(FileChangedException.class)
          .hasMessageContaining(
              "az://change/large changed since it was listed: it is another version");
      server.delete("change", "large");
      assertThatThrownBy(() -> read(store, file))
          .isInstanceOf(FileChangedException.class)
          .hasMessageContaining("it is gone");
    }
  }

  @Test
  void aFileThatChangesWhileItIsReadIsNeverMixed() throws IOException {
    var content = new byte[3_000_000];
    server.put("change", "during", content);
    try (var store = store(server.env())) {
      var file = Objects.requireNonNull(store.find("az://change/during"));
      try (var in = store.open(file, 0, file.size())) {
        in.readNBytes(10);
        server.put("change", "during", content);
        assertThatThrownBy(in::readAllBytes).isInstanceOf(FileChangedException.class);
      }
    }
  }

  @Test
  void whatIsPublicIsReadWithoutCredentialsAndASignatureIsEnough() throws IOException {
    var open =
        server
            .client()
            .createBlobContainerWithResponse("open", null, PublicAccessType.CONTAINER, Context.NONE)
            .getValue();
    server.put("open", "a", "1".getBytes(UTF_8));
    try (var store = store(server.with("AZURE_STORAGE_KEY", ""))) {
      var files = list(store, "az://open/");
      assertThat(read(store, files.getFirst())).isEqualTo("1".getBytes(UTF_8));
    }
    server.put("data", "signed", "2".getBytes(UTF_8));
    assertThat(open.exists()).isTrue();
    var signature =
        server
            .client()
            .getBlobContainerClient("data")
            .getBlobClient("signed")
            .generateSas(
                new BlobServiceSasSignatureValues(
                    OffsetDateTime.now(ZoneOffset.UTC).plusHours(1),
                    new BlobSasPermission().setReadPermission(true)));
    try (var store =
        store(server.with("AZURE_STORAGE_KEY", "", "AZURE_STORAGE_SAS_TOKEN", signature))) {
      var file = Objects.requireNonNull(store.find("az://data/signed"));
      assertThat(read(store, file)).isEqualTo("2".getBytes(UTF_8));
      assertThatThrownBy(() -> list(store, "az://data/"))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("a SAS token")
          .hasMessageNotContaining("sig=");
    }
  }

  @Test
  void aRefusalNamesContainerPlaceAndIdentityAndNoSecret() {
    refused(
        "az://nothing-here/x",
        server.env(),
        "There is no container nothing-here at %s, asked with the key of account testaccount."
            .formatted(server.endpoint()));
    refused(
        "az://data/x",
        server.with("AZURE_STORAGE_KEY", "aHVzaC13cm9uZw=="),
        "container data to the key of account testaccount: 403 AuthorizationFailure");
    refused("az://data", server.env(), "names no container and blob");
  }

  @Test
  void aServerThatIsAwayIsSaidSo() throws IOException {
    try (var other = Azurite.start();
        var store = store(other.env())) {
      other.client().createBlobContainer("data");
      other.put("data", "a", "1".getBytes(UTF_8));
      var file = Objects.requireNonNull(store.find("az://data/a"));
      other.kill();
      assertThatThrownBy(() -> read(store, file))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining(other.endpoint())
          .hasMessageContaining("container data: no answer");
    }
  }

  private static Store store(Map<String, String> env) {
    return new AzureStore(
        AzureSettings.of(env),
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

  private static void refused(String url, Map<String, String> env, String message) {
    try (var store = store(env)) {
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
