package dev.batchapi.data.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.data.collect.OutputException;
import dev.batchapi.data.collect.OutputFolder;
import dev.batchapi.data.collect.OutputProblem;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Stores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose a folder is, in a folder of the disk and in a real S3 server. */
class OutputFolderIT {
  private static final Manifest.Job MINE = new Manifest.Job("team", "monday", "uid-1", "digits");
  private static final Manifest.Job OTHER = new Manifest.Job("team", "tuesday", "uid-2", "digits");
  private static VersityGw server;

  @TempDir private Path disk;

  @BeforeAll
  static void start() {
    server = VersityGw.start();
    server.bucket("out");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private Stores stores() {
    return Stores.of(server.env(), disk);
  }

  private static String url(String root) {
    return root + "f" + System.nanoTime() + "/";
  }

  private static List<String> list(Store store, String prefix) {
    var files = new ArrayList<StoredFile>();
    store.list(prefix, files::add);
    return files.stream().map(file -> file.url().substring(prefix.length())).toList();
  }

  private static void put(Store store, String url, byte[] content) {
    try (var upload = store.create(url)) {
      upload.write(content);
      assertThat(upload.commit()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3://out/", ""})
  void oneJobTakesItAsOftenAsItWantsAndNoOther(String root) {
    try (var stores = stores()) {
      var url = url(root);
      var mine = new OutputFolder(url, MINE, stores);
      mine.take();
      mine.take();
      mine.own();
      assertThat(list(stores.of(root), url)).containsExactly(".batches/owner.json");

      refused(
          () -> new OutputFolder(url, OTHER, stores).take(),
          "%s is taken by job \"monday\" in namespace \"team\" (uid uid-1), whose results are not there yet: name another folder; or, if that job is gone for good, delete %s.batches/owner.json."
              .formatted(url, url));
      assertThatThrownBy(() -> new OutputFolder(url, OTHER, stores).own())
          .isInstanceOf(OutputException.class);

      mine.release();
      mine.release();
      new OutputFolder(url, OTHER, stores).take();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3://out/", ""})
  void resultsThatAreThereAreLeftInPeace(String root) {
    try (var stores = stores()) {
      var store = stores.of(root);
      var url = url(root);
      var manifest =
          new Manifest(
              OTHER,
              "Complete",
              "",
              Manifest.Items.of(1, 1, 0),
              new Manifest.Batches(1, 1, 0, 0),
              List.of());
      put(store, url + "manifest.json", manifest.toJson());
      refused(
          () -> new OutputFolder(url, MINE, stores).take(),
          url
              + " has the results of job \"tuesday\" in namespace \"team\" (uid uid-2) (Complete):"
              + " name another folder, or move those away.");
      assertThat(new OutputFolder(url, OTHER, stores).manifest()).hasValue(manifest.toJson());

      var foreign = url(root);
      put(store, foreign + "manifest.json", "{\"fileFormat\": \"CSV\"}".getBytes(UTF_8));
      refused(
          () -> new OutputFolder(foreign, MINE, stores).take(),
          foreign + " has the results of another job: name another folder");

      var noManifest = url(root);
      put(store, noManifest + "results-00003.jsonl", "1\n".getBytes(UTF_8));
      refused(
          () -> new OutputFolder(noManifest, MINE, stores).take(),
          noManifest + "results-00003.jsonl is there already");
      var errors = url(root);
      put(store, errors + "errors.jsonl", new byte[0]);
      refused(() -> new OutputFolder(errors, MINE, stores).take(), "errors.jsonl is there already");
      assertThat(list(store, errors)).containsExactly("errors.jsonl");

      var garbage = url(root);
      put(store, garbage + "manifest.json", "my own".getBytes(UTF_8));
      refused(
          () -> new OutputFolder(garbage, MINE, stores).take(), "has the results of another job");

      var beside = url(root);
      put(store, beside + "notes.txt", new byte[0]);
      new OutputFolder(beside, MINE, stores).take();
    }
  }

  private static void refused(Runnable taking, String message) {
    assertThatThrownBy(taking::run)
        .isInstanceOfSatisfying(
            OutputException.class,
            e -> assertThat(e.problem()).isEqualTo(OutputProblem.OutputExists))
        .hasMessageContaining(message);
  }
}
