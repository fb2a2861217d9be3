package dev.batchapi.data.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.data.collect.OutputException;
import dev.batchapi.data.collect.OutputFolder;
import dev.batchapi.data.files.BatchReader;
import dev.batchapi.data.files.BatchRef;
import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.files.Listing;
import dev.batchapi.data.files.Splitter;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.results.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Names that would be other ones, or none, if they were paths: an object store has no folders. */
public abstract class OddKeysContract {
  private static final List<String> KEYS =
      List.of(
          "../up.jsonl",
          "./here.jsonl",
          "/first.jsonl",
          "//two.jsonl",
          "a/../b.jsonl",
          "a/./b.jsonl",
          "a//b.jsonl",
          "a/b.jsonl",
          "a/b/../../../up.jsonl",
          "a/b//");

  /** Stores of which one has an empty bucket {@code odd}. */
  protected abstract Stores stores();

  /** The scheme of its URLs. */
  protected abstract String scheme();

  /** Puts an object there. */
  protected abstract void put(String key, byte[] content) throws IOException;

  /** Keys that not every store takes. */
  protected List<String> moreKeys() {
    return List.of();
  }

  private List<String> keys() {
    return Stream.concat(KEYS.stream(), moreKeys().stream()).sorted().toList();
  }

  private String url(String key) {
    return scheme() + "://odd/" + key;
  }

  private static String item(String key) {
    return "\"" + key.replaceAll("[^ -~]", "?") + "\"";
  }

  /** Of characters that would steer a terminal. */
  private static String shown(String url) {
    return url.replace("\u0001", "\\u0001").replace("\n", "\\u000a");
  }

  private static List<String> items(FilesSpec spec, Stores stores) {
    var items = new ArrayList<String>();
    var reader = new BatchReader(spec, stores);
    new Splitter(Listing.of(spec, stores), spec, 1, stores)
        .split(
            (index, ref) -> {
              var read = BatchRef.read(ref.toJson());
              items.add(reader.source(read, 0) + " " + new String(reader.payload(read), UTF_8));
            });
    return items;
  }

  @Test
  void everyKeyIsListedReadAndNamedAsItIs() throws IOException {
    for (var key : keys()) {
      put(key, item(key).getBytes(UTF_8));
    }
    put("a/folder/", new byte[0]);
    try (var stores = stores()) {
      var all = new FilesSpec(List.of(url("")), List.of("*.json"), null, null, null);
      assertThatThrownBy(() -> items(all, stores))
          .as("a key with a slash at its end that has content")
          .isInstanceOf(InputException.class)
          .hasMessageContaining(url("a/b//") + ": its suffix is none of");

      var named = new FilesSpec(List.of(url("")), List.of("**/"), null, null, null);
      assertThat(items(named, stores))
          .containsExactlyElementsOf(
              keys().stream()
                  .filter(key -> !key.endsWith("/"))
                  .map(key -> "%s:1 [%s]".formatted(shown(url(key)), item(key)))
                  .toList());
      assertThat(items(FilesSpec.of(List.of(url("a//*.jsonl"))), stores))
          .containsExactly(url("a//b.jsonl") + ":1 [\"a//b.jsonl\"]");
      for (var key : List.of("/first.jsonl", "a/../b.jsonl", "../up.jsonl", "a/./b.jsonl")) {
        assertThat(items(FilesSpec.of(List.of(url(key))), stores))
            .containsExactly("%s:1 [\"%s\"]".formatted(url(key), key));
      }
      assertThatThrownBy(() -> items(FilesSpec.of(List.of(url("a//c.jsonl"))), stores))
          .hasMessageContaining(url("a//c.jsonl") + ": there is no such file");
    }
  }

  @Test
  void aFolderOfResultsMayBeAnyPrefix() throws IOException {
    var mine = new Manifest.Job("team", "monday", "uid-1", "digits");
    var other = new Manifest.Job("team", "tuesday", "uid-2", "digits");
    try (var stores = stores()) {
      for (var prefix : List.of("/out//f/", "out/../f/", "out/./f/", "../f/")) {
        var folder = new OutputFolder(url(prefix), mine, stores);
        folder.take();
        assertThatThrownBy(() -> new OutputFolder(url(prefix), other, stores).take())
            .isInstanceOf(OutputException.class)
            .hasMessageContaining(url(prefix) + " is taken by job \"monday\"");
        try (var file = folder.create("results-00000.jsonl")) {
          file.write("1\n".getBytes(UTF_8));
          assertThat(file.commit()).isTrue();
        }
        try (var in = Objects.requireNonNull(folder.open("results-00000.jsonl"))) {
          assertThat(in.readAllBytes()).isEqualTo("1\n".getBytes(UTF_8));
        }
        folder.release();
        var left = new ArrayList<String>();
        stores.of(url(prefix)).list(url(prefix), file -> left.add(file.url()));
        assertThat(left).containsExactly(url(prefix) + "results-00000.jsonl");
      }
    }
  }
}
