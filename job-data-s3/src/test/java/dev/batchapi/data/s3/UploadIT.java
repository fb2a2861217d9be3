package dev.batchapi.data.s3;

import static dev.batchapi.data.s3.FaultyLine.Fault.LOSES_ANSWER;
import static dev.batchapi.data.s3.FaultyLine.Fault.RESETS;
import static dev.batchapi.data.s3.FaultyLine.Fault.SLOW_DOWN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Stores;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files are written once, into a folder and into a real S3 server alike. */
class UploadIT {
  private static final byte[] SMALL = "small".getBytes(UTF_8);
  private static final byte[] LARGE = new byte[2 * S3Upload.PART + 12_345];
  private static VersityGw server;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    new Random(1).nextBytes(LARGE);
    server = VersityGw.start();
    server.bucket("out");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private Stores stores() {
    return Stores.of(server.env(), folder);
  }

  private static String url(String root, String name) {
    return root + Thread.currentThread().threadId() + System.nanoTime() + "/" + name;
  }

  /** In pieces that fit nowhere. */
  private static boolean write(Store store, String url, byte[] content) {
    try (var upload = store.create(url)) {
      for (var at = 0; at < content.length; at += 700_001) {
        upload.write(content, at, Math.min(700_001, content.length - at));
      }
      return upload.commit();
    }
  }

  private static byte[] read(Store store, String url) throws IOException {
    var file = Objects.requireNonNull(store.find(url), url);
    try (var in = store.open(file, 0, file.size())) {
      return in.readAllBytes();
    }
  }

  private static List<String> list(Store store, String prefix) {
    var files = new ArrayList<StoredFile>();
    store.list(prefix, files::add);
    return files.stream().map(StoredFile::url).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3://out/", ""})
  void aFileIsThereOnceItIsCommittedAndIsNeverReplaced(String root) throws IOException {
    try (var stores = stores()) {
      var store = stores.of(root);
      for (var content : List.of(SMALL, LARGE, new byte[0])) {
        var url = url(root, "a b/#%.jsonl");
        try (var upload = store.create(url)) {
          upload.write(content);
          assertThat(store.find(url)).isNull();
          assertThat(upload.commit()).isTrue();
        }
        assertThat(read(store, url)).isEqualTo(content);
        assertThat(write(store, url, SMALL)).isFalse();
        assertThat(write(store, url, LARGE)).isFalse();
        assertThat(read(store, url)).isEqualTo(content);
        assertThat(list(store, url.substring(0, url.lastIndexOf('/') + 1))).containsExactly(url);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3://out/", ""})
  void nothingIsLeftOfAFileThatIsGivenUp(String root) {
    try (var stores = stores();
        var client = server.client()) {
      var store = stores.of(root);
      var url = url(root, "given-up");
      for (var content : List.of(SMALL, LARGE)) {
        try (var upload = store.create(url)) {
          upload.write(content);
        }
      }
      assertThat(list(store, url.substring(0, url.lastIndexOf('/') + 1))).isEmpty();
      assertThat(client.listMultipartUploads(of -> of.bucket("out")).uploads()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3://out/", ""})
  void ofManyAtTheSameMomentOneWins(String root) {
    try (var stores = stores();
        var many = Executors.newVirtualThreadPerTaskExecutor()) {
      var store = stores.of(root);
      var url = url(root, "raced");
      var tries =
          IntStream.range(0, 16)
              .mapToObj(i -> many.submit(() -> write(store, url, ("by " + i).getBytes(UTF_8))))
              .toList();
      assertThat(tries.stream().filter(UploadIT::won).count()).isEqualTo(1);
    }
  }

  private static boolean won(Future<Boolean> attempt) {
    try {
      return attempt.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3://out/", ""})
  void whatIsDeletedIsGoneAndMayBeGoneBefore(String root) {
    try (var stores = stores()) {
      var store = stores.of(root);
      var url = url(root, "to-delete");
      assertThat(write(store, url, SMALL)).isTrue();
      store.delete(url.substring(0, url.lastIndexOf('/') + 1));
      assertThat(store.find(url)).isNotNull();
      store.delete(url);
      store.delete(url);
      store.delete(url.substring(0, url.lastIndexOf('/') + 1));
      assertThat(store.find(url)).isNull();
      assertThat(write(store, url, SMALL)).isTrue();
    }
  }

  @Test
  void faultsOnTheWayCostTimeAndNothingElse() throws IOException {
    try (var line = new FaultyLine(server.port());
        var stores = Stores.of(with("AWS_ENDPOINT_URL", line.endpoint().toString()), folder);
        var straight = stores()) {
      var store = stores.of("s3://");
      var small = url("s3://out/", "faults");
      line.next(SLOW_DOWN, SLOW_DOWN);
      assertThat(write(store, small, SMALL)).isTrue();
      assertThat(read(straight.of("s3://"), small)).isEqualTo(SMALL);
      assertThat(line.met()).isTrue();
    }
    try (var line = new FaultyLine(server.port());
        var stores = Stores.of(with("AWS_ENDPOINT_URL", line.endpoint().toString()), folder);
        var straight = stores()) {
      var store = stores.of("s3://");
      var large = url("s3://out/", "faults");
      line.next(SLOW_DOWN, RESETS, SLOW_DOWN, RESETS, SLOW_DOWN);
      assertThat(write(store, large, LARGE)).isTrue();
      assertThat(read(straight.of("s3://"), large)).isEqualTo(LARGE);
      assertThat(line.met()).isTrue();
    }
  }

  @Test
  void anAnswerThatWasLostIsSaidToBeATakenName() throws IOException {
    try (var line = new FaultyLine(server.port());
        var stores = Stores.of(with("AWS_ENDPOINT_URL", line.endpoint().toString()), folder)) {
      var store = stores.of("s3://");
      var url = url("s3://out/", "lost");
      line.next(LOSES_ANSWER);
      assertThat(write(store, url, SMALL)).isFalse();
      assertThat(read(store, url)).isEqualTo(SMALL);
    }
  }

  @Test
  void whoMayNotWriteIsToldWhoRefusesWhom() {
    refused(
        "s3://out/x",
        Map.of("AWS_ENDPOINT_URL", server.endpoint().toString()),
        "refuses \"x\" in bucket out to no credentials: AccessDenied");
    refused("s3://nowhere-here/x", server.env(), "There is no bucket nowhere-here");
    refused("https://example.org/x", server.env(), "such stores are only read");
  }

  private void refused(String url, Map<String, String> env, String message) {
    try (var stores = Stores.of(env, folder)) {
      assertThatThrownBy(() -> write(stores.of(url), url, SMALL))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining(message)
          .hasMessageNotContaining("hush");
    }
  }

  private static Map<String, String> with(String name, String value) {
    var env = new HashMap<>(server.env());
    env.put(name, value);
    return env;
  }
}
