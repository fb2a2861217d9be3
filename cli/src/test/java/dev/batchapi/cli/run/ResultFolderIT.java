package dev.batchapi.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchapi.data.results.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of results: whole or not at all, and a run goes on in it whatever stopped it. */
class ResultFolderIT {
  /** Fails item 5, counts its calls by item, and waits before item 12 while there is a file. */
  private static final String SOURCE =
      """
      import os, time
      class Handler:
          def handle_batch(self, payload):
              for item in payload:
                  with open(f"calls-{item}", "a") as calls:
                      calls.write("x")
              if 5 in payload and not os.path.exists("mended"):
                  raise ValueError("five")
              while 12 in payload and os.path.exists("wait"):
                  print("waiting", flush=True)
                  time.sleep(0.1)
              return [{"twice": item * 2} for item in payload]
          def on_job_complete(self, summary):
              print("completed with", summary["succeeded"], "of", summary["total"])
      """;

  @TempDir private Path folder;
  private Cli cli;

  @BeforeEach
  void start() {
    cli = new Cli(folder);
  }

  @Test
  void resultsErrorsAndLastTheManifest() throws Exception {
    var manifest = job(20);
    cli.run("run", manifest, "--results", "out/").exits(2).says("results: out");

    assertThat(names("out"))
        .containsExactly(".batches", "errors.jsonl", "manifest.json", "results-00000.jsonl");
    assertThat(Files.readAllLines(folder.resolve("out/results-00000.jsonl")))
        .hasSize(18)
        .startsWith("{\"job\":\"job\",\"item\":0,\"batch\":0,\"result\":{\"twice\":0}}");
    assertThat(Files.readAllLines(folder.resolve("out/errors.jsonl")))
        .hasSize(1)
        .first()
        .asString()
        .contains("\"batch\":2", "\"payload\":[4,5]", "ValueError");
    var written = manifest("out");
    assertThat(written.job().name()).isEqualTo("job");
    assertThat(written.verdict()).isEqualTo("BatchesFailed");
    assertThat(written.items()).isEqualTo(Manifest.Items.of(20, 18, 2));
    assertThat(written.batches()).isEqualTo(new Manifest.Batches(10, 9, 1, 0));
    for (var file : written.files()) {
      var content = Files.readAllBytes(folder.resolve("out").resolve(file.name()));
      assertThat(file.bytes()).isEqualTo(content.length);
      assertThat(file.sha256())
          .isEqualTo(
              HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content)));
    }
  }

  @Test
  void whatARunHasLeftIsReplacedOnlyWhenThatIsSaid() throws Exception {
    var manifest = job(4);
    cli.run("run", manifest, "--results", "out/").exits(0);
    var first = manifest("out");
    cli.run("run", manifest, "--results", "out")
        .exits(64)
        .says("--results out holds the results of job \"job\" (Complete)", "--force");
    assertThat(calls(0)).isEqualTo(1);
    assertThat(manifest("out")).isEqualTo(first);
    cli.run("run", manifest, "--results", "out/", "--force").exits(0);
    assertThat(calls(0)).isEqualTo(2);
    assertThat(manifest("out").files()).isEqualTo(first.files());
    assertThat(manifest("out").job().uid()).isNotEqualTo(first.job().uid());

    Files.createDirectory(folder.resolve("other"));
    cli.file("other/errors.jsonl", "precious\n");
    cli.run("run", manifest, "--results", "other")
        .exits(64)
        .says("--results other: errors.jsonl is there already");
    assertThat(folder.resolve("other/errors.jsonl")).hasContent("precious");
  }

  @Test
  void aRunThatNeverBeganLeavesNothingAndReplacesNothing() throws Exception {
    var fine = job(4);
    cli.run("run", fine, "--results", "out/").exits(0);
    var before = manifest("out");
    cli.python("class Tagger: pass\n", "", "input: {count: 3}");
    cli.run("run", "job.yaml", "--results", "new/").exits(3);
    assertThat(folder.resolve("new")).doesNotExist();
    cli.run("run", "job.yaml", "--results", "out/", "--force").exits(3);
    assertThat(manifest("out")).isEqualTo(before);
    assertThat(names("out"))
        .containsExactly("errors.jsonl", "manifest.json", "results-00000.jsonl");
    job(4);
    cli.run("run", "job.yaml", "--input", "none.jsonl", "--results", "new/").exits(64);
    assertThat(folder.resolve("new")).doesNotExist();
  }

  /** As when its author edits the code while it runs, and a host that died is started again. */
  @Test
  void aHandlerThatBecomesInvalidCostsNothingThatWasDone() throws Exception {
    var manifest =
        cli.python(
            """
            import os
            class Handler:
                def handle_batch(self, payload):
                    with open(f"calls-{payload[0]}", "a") as calls:
                        calls.write("x")
                    if payload[0] == 4 and not os.path.exists("mended"):
                        open("broken", "w").close()
                        os._exit(1)
                    return payload
            if os.path.exists("broken"):
                del Handler
            """,
            "batchSize: 2",
            "input: {count: 12}");
    cli.run("run", manifest, "--results", "out/").exits(3).says("results: out");
    assertThat(manifest("out").verdict()).isEqualTo("HandlerInvalid");
    assertThat(manifest("out").batches()).isEqualTo(new Manifest.Batches(6, 2, 0, 4));
    assertThat(Files.readAllLines(folder.resolve("out/results-00000.jsonl"))).hasSize(4);
    Files.delete(folder.resolve("broken"));
    cli.file("mended", "");
    cli.run("run", manifest, "--resume", "out/").exits(0).says("2 of 6 batches are done already");
    assertThat(calls(0)).isEqualTo(1);
    assertThat(Files.readAllLines(folder.resolve("out/results-00000.jsonl"))).hasSize(12);
  }

  @Test
  void aFolderThatCanNotBeWrittenToIsFoundBeforeTheWork() throws Exception {
    var manifest = job(4);
    cli.file("file", "");
    cli.run("run", manifest, "--results", "file/out/").exits(64).says("--results file/out");
    cli.run("run", manifest, "--results", "file/")
        .exits(64)
        .says("--results file is a file and no folder");
    cli.run("run", manifest, "--results", "/proc/out/").exits(64).says("--results /proc/out");
    assertThat(calls(0)).isZero();
  }

  @Test
  void optionsThatDoNotGoTogetherAreRefused() throws Exception {
    var manifest = job(4);
    cli.run("run", manifest, "--results", "a/", "--errors", "e").exits(64).says("errors.jsonl");
    cli.run("run", manifest, "--results", "a/", "--resume", "a/").exits(64).says("--resume");
    cli.run("run", manifest, "--retry-failed").exits(64).says("--resume FOLDER/");
    cli.run("run", manifest, "--results", "a.jsonl", "--force").exits(64).says("--force");
    cli.run("run", manifest, "--resume", "a/").exits(64).says("no run that was stopped", "a/");
    cli.file("second.yaml", job("second", 2));
    cli.run("run", manifest, "second.yaml", "--results", "a/")
        .exits(64)
        .says("one job, and there are 2 (job, second)", "--job");
    assertThat(folder.resolve("a")).doesNotExist();
    assertThat(calls(0)).isZero();
  }

  /** A pattern takes what an earlier run has written, otherwise. */
  @Test
  void resultsAreNoInputOfTheirOwnRun() throws Exception {
    var manifest = job(4);
    Files.createDirectories(folder.resolve("d"));
    cli.file("d/items.jsonl", "0\n1\n2\n");
    cli.run("run", manifest, "--input", "d/**/*.jsonl", "--results", "d/out/").exits(0);
    cli.run("run", manifest, "--input", "d/**/*.jsonl", "--results", "d/out/", "--force")
        .exits(64)
        .says("d/out/errors.jsonl is an input of this run and lies in d/out");
    assertThat(manifest("d/out").items().total()).isEqualTo(3);
    assertThat(calls(0)).isEqualTo(1);
    cli.run("run", manifest, "--input", "d/*.jsonl", "--results", "d/out/", "--force").exits(0);
  }

  @Test
  void aKilledRunGoesOnAndEndsWithTheBytesOfAQuietOne() throws Exception {
    var manifest = job(40);
    cli.run("run", manifest, "--results", "quiet/").exits(2);
    forgetCalls();

    cli.file("wait", "");
    killedWhileWaiting(manifest, "out/", "--results");
    assertThat(folder.resolve("out/manifest.json")).doesNotExist();
    cli.run("run", manifest, "--results", "out/").exits(64).says("was stopped", "--resume out");
    // Killed a second time: what the first one had done is still there.
    killedWhileWaiting(manifest, "out/", "--resume");
    Files.delete(folder.resolve("wait"));
    cli.run("run", manifest, "--resume", "out/")
        .exits(2)
        .says("batches are done already", "19 succeeded, 1 failed", "completed with 19 of 20");

    assertThat(calls(0)).isEqualTo(1);
    assertThat(calls(5)).isGreaterThanOrEqualTo(2); // its attempts
    assertThat(calls(12)).isEqualTo(3); // in hand when the run was killed, twice
    assertThat(calls(39)).isEqualTo(1);
    assertThat(names("out").stream().filter(name -> !name.equals(".batches")))
        .containsExactly("errors.jsonl", "manifest.json", "results-00000.jsonl");
    assertThat(manifest("out").files().getFirst()).isEqualTo(manifest("quiet").files().getFirst());
    assertThat(folder.resolve("out/results-00000.jsonl"))
        .hasSameBinaryContentAs(folder.resolve("quiet/results-00000.jsonl"));
    assertThat(errors("out")).isEqualTo(errors("quiet"));
  }

  @Test
  void aCancelledRunHasItsManifestAndGoesOn() throws Exception {
    var manifest = job(40);
    cli.file("wait", "");
    try (var running = cli.start("run", manifest, "--results", "out/")) {
      await().atMost(Duration.ofSeconds(60)).until(() -> running.outSoFar().contains("waiting"));
      running.process().destroy();
      running.result().exits(143).says("Cancelled");
    }
    assertThat(manifest("out").verdict()).isEqualTo("Cancelled");
    assertThat(manifest("out").batches().succeeded()).isEqualTo(5);
    assertThat(manifest("out").batches().notDone()).isPositive();
    Files.delete(folder.resolve("wait"));
    cli.run("run", manifest, "--resume", "out/").exits(2).says("of 20 batches are done already");
    assertThat(manifest("out").batches()).isEqualTo(new Manifest.Batches(20, 19, 1, 0));
    assertThat(calls(0)).isEqualTo(1);
  }

  @Test
  void failedBatchesAreRunAgainOnlyIfAskedFor() throws Exception {
    var manifest = job(20);
    cli.run("run", manifest, "--results", "out/").exits(2);
    cli.file("mended", "");
    cli.run("run", manifest, "--resume", "out/").exits(2).says("9 succeeded, 1 failed");
    assertThat(calls(5)).isEqualTo(2);
    cli.run("run", manifest, "--resume", "out/", "--retry-failed")
        .exits(0)
        .says("10 succeeded, 0 failed", "completed with 10 of 10");
    assertThat(calls(5)).isEqualTo(3);
    assertThat(calls(0)).isEqualTo(1);
    assertThat(Files.readAllLines(folder.resolve("out/results-00000.jsonl"))).hasSize(20);
    assertThat(folder.resolve("out/errors.jsonl")).isEmptyFile();
    assertThat(names("out")).doesNotContain(".batches");
    cli.run("run", manifest, "--resume", "out/").exits(0).says("out is complete");
    cli.file("other.jsonl", "1\n2\n");
    cli.run("run", manifest, "--resume", "out/", "--input", "other.jsonl")
        .exits(64)
        .says("--resume out can't go on: its input had 20 items, and now it has 2");
    cli.file("other.jsonl", "1\n".repeat(20));
    cli.run("run", manifest, "--resume", "out/", "--input", "other.jsonl")
        .exits(64)
        .says("its input has changed since it began");
    assertThat(calls(5)).isEqualTo(3);
  }

  @Test
  void aCompleteFolderNeedsItsInputNoMore() throws Exception {
    cli.file("items.jsonl", "1\n2\n");
    var manifest =
        cli.python(SOURCE, "batchSize: 2", "input: {files: {paths: [items.jsonl], format: jsonl}}");
    cli.run("run", manifest, "--results", "out/").exits(0);
    Files.delete(folder.resolve("items.jsonl"));
    cli.run("run", manifest, "--resume", "out/").exits(0).says("out is complete");
    cli.run("run", manifest, "--resume", "out/", "--input", "-").exits(0).says("out is complete");
    cli.run("run", manifest, "--resume", "out/", "--input", "items.jsonl")
        .exits(64)
        .says("items.jsonl")
        .withoutOurFrames();
  }

  @Test
  void onJobCompleteThatFailedIsRunAgainThoughEveryBatchSucceeded() throws Exception {
    var manifest =
        cli.python(
            """
            import os
            class Handler:
                def handle_batch(self, payload):
                    with open(f"calls-{payload[0]}", "a") as calls:
                        calls.write("x")
                def on_job_complete(self, summary):
                    if not os.path.exists("mended"):
                        raise ValueError("no room")
                    print("completed with", summary["succeeded"], "of", summary["total"])
            """,
            "batchSize: 2",
            "input: {count: 4}");
    cli.run("run", manifest, "--results", "out/").exits(4);
    assertThat(manifest("out").verdict()).isEqualTo("OnJobCompleteFailed");
    cli.file("mended", "");
    cli.run("run", manifest, "--resume", "out/", "--retry-failed")
        .exits(0)
        .says("completed with 2 of 2");
    assertThat(calls(0)).isEqualTo(1);
    assertThat(names("out")).doesNotContain(".batches");
  }

  @Test
  void aRunDoesNotGoOnWithAnotherInput() throws Exception {
    var manifest = job(40);
    cli.run("run", manifest, "--results", "out/").exits(2);
    job(42);
    cli.run("run", manifest, "--resume", "out/").exits(64).says("had 40 items, and now it has 42");
    cli.file("items.jsonl", "1\n".repeat(40));
    cli.run("run", manifest, "--resume", "out/", "--input", "items.jsonl")
        .exits(64)
        .says("--resume out can't go on: its input has changed");
    cli.file("job.yaml", job("job", 40).replace("batchSize: 2", "batchSize: 4"));
    cli.run("run", manifest, "--resume", "out/").exits(64).says("had 2 items each", "is 4");
    cli.file("job.yaml", job("other", 40));
    cli.run("run", manifest, "--resume", "out/").exits(64).says("of job \"job\"", "\"other\"");
    job(40);
    cli.run("run", manifest, "--resume", "out/").exits(2);
  }

  @Test
  void twoRunsDoNotWriteToOneFolder() throws Exception {
    var manifest = job(40);
    cli.file("wait", "");
    try (var running = cli.start("run", manifest, "--results", "out/")) {
      await().atMost(Duration.ofSeconds(60)).until(() -> running.outSoFar().contains("waiting"));
      for (var option : List.of("--resume", "--results")) {
        var second =
            option.equals("--resume")
                ? cli.run("run", manifest, option, "out/")
                : cli.run("run", manifest, option, "out/", "--force");
        second.exits(64).says("out: another run is writing to it");
      }
      Files.delete(folder.resolve("wait"));
      running.result().exits(2);
    }
  }

  @Test
  void aDryRunShowsWhatThereIsAndRunsNothing() throws Exception {
    var manifest = job(21);
    var result = cli.run("run", manifest, "--dry-run", "--results", "out/").exits(0);
    result.says("job: 21 items in 11 batches of 2", "first items", "    0  0", "    4  4");
    assertThat(result.all()).doesNotContain("    5  5");
    assertThat(folder.resolve("out")).doesNotExist();
    assertThat(calls(0)).isZero();
    cli.file("items.jsonl", "1\n{\n");
    cli.run("run", manifest, "--dry-run", "--input", "items.jsonl")
        .exits(64)
        .says("items.jsonl, line 2");
  }

  private void killedWhileWaiting(String manifest, String out, String option) throws Exception {
    try (var running = cli.start("run", manifest, option, out)) {
      await().atMost(Duration.ofSeconds(60)).until(() -> running.outSoFar().contains("waiting"));
      running.process().destroyForcibly().waitFor();
      // The host follows its worker.
      await().atMost(Duration.ofSeconds(60)).until(() -> running.leftOver().isEmpty());
    }
  }

  private String job(int items) throws IOException {
    return cli.python(SOURCE, "batchSize: 2", "input: {count: %d}".formatted(items));
  }

  private String job(String name, int items) throws IOException {
    job(items);
    var text =
        Files.readString(folder.resolve("job.yaml"))
            .replace("{name: job}", "{name: %s}".formatted(name));
    return name.equals("second") ? text.substring(text.indexOf("---") + 4) : text;
  }

  private Manifest manifest(String out) throws IOException {
    return Manifest.read(Files.readAllBytes(folder.resolve(out).resolve("manifest.json")));
  }

  /** But for what is of each process: its folder for inline code, and how long attempts took. */
  private String errors(String out) throws IOException {
    return Files.readString(folder.resolve(out).resolve("errors.jsonl"))
        .replaceAll("batchapi-code\\d+", "");
  }

  private int calls(int item) throws IOException {
    var file = folder.resolve("calls-" + item);
    return Files.exists(file) ? (int) Files.size(file) : 0;
  }

  private void forgetCalls() throws IOException {
    try (var files = Files.list(folder)) {
      for (var file : files.filter(f -> f.getFileName().toString().startsWith("calls-")).toList()) {
        Files.delete(file);
      }
    }
  }

  private List<String> names(String out) throws IOException {
    try (var files = Files.list(folder.resolve(out))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
