package dev.batchapi.data.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.data.collect.OutputException;
import dev.batchapi.data.collect.OutputFolder;
import dev.batchapi.data.results.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a store must do that results can be written to. */
public abstract class UploadContract {
  protected static final byte[] SMALL = "small".getBytes(UTF_8);
  protected static final byte[] LARGE = new byte[2 * PartedUpload.PART + 12_345];
  private static final byte[] WHOLE_PARTS = new byte[2 * PartedUpload.PART];
  private static final Manifest.Job MINE = new Manifest.Job("team", "monday", "uid-1", "digits");
  private static final Manifest.Job OTHER = new Manifest.Job("team", "tuesday", "uid-2", "digits");

  static {
    new Random(1).nextBytes(LARGE);
    new Random(2).nextBytes(WHOLE_PARTS);
  }

  /** Stores of which one can be written to. */
  protected abstract Stores stores();

  /** A folder in it, with a slash at its end. */
  protected abstract String root();

  protected final String url(String name) {
    return root() + "f" + System.nanoTime() + "/" + name;
  }

  private static String folder(String url) {
    return url.substring(0, url.lastIndexOf('/') + 1);
  }

  /** In pieces that fit nowhere. */
  protected static boolean write(Store store, String url, byte[] content) {
    try (var upload = store.create(url)) {
      for (var at = 0; at < content.length; at += 700_001) {
        upload.write(content, at, Math.min(700_001, content.length - at));
      }
      return upload.commit();
    }
  }

  protected static byte[] read(Store store, String url) throws IOException {
    var file = Objects.requireNonNull(store.find(url), url);
    try (var in = store.open(file, 0, file.size())) {
      return in.readAllBytes();
    }
  }

  private static List<String> list(Store store, String prefix) {
    var files = new ArrayList<String>();
    store.list(prefix, file -> files.add(file.url()));
    return files;
  }

  @Test
  void aFileIsThereOnceItIsCommittedAndIsNeverReplaced() throws IOException {
    try (var stores = stores()) {
      var store = stores.of(root());
      for (var content : List.of(SMALL, LARGE, WHOLE_PARTS, new byte[0])) {
        var url = url("a b/#%+é.jsonl");
        try (var upload = store.create(url)) {
          upload.write(content);
          assertThat(store.find(url)).isNull();
          assertThat(upload.commit()).isTrue();
        }
        assertThat(read(store, url)).isEqualTo(content);
        assertThat(write(store, url, SMALL)).isFalse();
        assertThat(write(store, url, LARGE)).isFalse();
        assertThat(read(store, url)).isEqualTo(content);
        assertThat(list(store, folder(url))).containsExactly(url);
      }
    }
  }

  @Test
  void nothingIsLeftOfAFileThatIsGivenUp() {
    try (var stores = stores()) {
      var store = stores.of(root());
      var url = url("given-up");
      for (var content : List.of(SMALL, LARGE)) {
        try (var upload = store.create(url)) {
          upload.write(content);
        }
      }
      assertThat(list(store, folder(url))).isEmpty();
      assertThat(write(store, url, SMALL)).isTrue();
    }
  }

  @Test
  void ofManyAtTheSameMomentOneWins() {
    try (var stores = stores();
        var many = Executors.newVirtualThreadPerTaskExecutor()) {
      var store = stores.of(root());
      var url = url("raced");
      var tries =
          IntStream.range(0, 16)
              .mapToObj(i -> many.submit(() -> write(store, url, ("by " + i).getBytes(UTF_8))))
              .toList();
      assertThat(tries.stream().filter(UploadContract::won).count()).isEqualTo(1);
    }
  }

  private static boolean won(Future<Boolean> attempt) {
    try {
      return attempt.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void ofTwoLargeOnesTheFirstStaysAsItIs() throws IOException {
    try (var stores = stores()) {
      var store = stores.of(root());
      var url = url("two");
      try (var one = store.create(url);
          var other = store.create(url)) {
        one.write(LARGE);
        other.write(WHOLE_PARTS);
        assertThat(one.commit()).isTrue();
        assertThat(other.commit()).isFalse();
      }
      assertThat(read(store, url)).isEqualTo(LARGE);
    }
  }

  @Test
  void whatIsDeletedIsGoneAndMayBeGoneBefore() {
    try (var stores = stores()) {
      var store = stores.of(root());
      var url = url("to-delete");
      assertThat(write(store, url, SMALL)).isTrue();
      store.delete(folder(url));
      assertThat(store.find(url)).isNotNull();
      store.delete(url);
      store.delete(url);
      store.delete(folder(url));
      assertThat(store.find(url)).isNull();
      assertThat(write(store, url, SMALL)).isTrue();
    }
  }

  @Test
  void aFolderIsOneJobs() {
    try (var stores = stores()) {
      var url = url("");
      var mine = new OutputFolder(url, MINE, stores);
      mine.take();
      mine.take();
      mine.own();
      assertThat(list(stores.of(url), url)).containsExactly(url + ".batches/owner.json");
      assertThatThrownBy(() -> new OutputFolder(url, OTHER, stores).take())
          .isInstanceOf(OutputException.class)
          .hasMessageContaining(
              "%s is taken by job \"monday\" in namespace \"team\" (uid uid-1)", url);

      mine.release();
      mine.release();
      assertThat(list(stores.of(url), url)).isEmpty();
      new OutputFolder(url, OTHER, stores).take();
    }
  }

  @Test
  void resultsThatAreThereAreLeftInPeace() {
    try (var stores = stores()) {
      var url = url("");
      assertThat(write(stores.of(url), url + "results-00003.jsonl", SMALL)).isTrue();
      assertThatThrownBy(() -> new OutputFolder(url, MINE, stores).take())
          .isInstanceOf(OutputException.class)
          .hasMessageContaining(url + "results-00003.jsonl is there already");
    }
  }
}
