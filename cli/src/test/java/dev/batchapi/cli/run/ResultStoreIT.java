package dev.batchapi.cli.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.contract.Sha256;
import dev.batchapi.data.s3.VersityGw;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Results of a run on this machine, in an object store. */
class ResultStoreIT {
  /** Fails the item 2, and waits in that of 3 while there is a file. */
  private static final String HANDLER =
      """
      import os, time
      class Handler:
          def handle_item(self, item):
              while item == 3 and os.path.exists("wait"):
                  print("waiting", flush=True)
                  time.sleep(0.1)
              if item == 2 and not os.path.exists("mended"):
                  raise ValueError("two")
              return item * 10
          def on_job_complete(self, summary):
              print("results in", summary["output"], flush=True)
      """;

  private static final String STORE = "s3://results/monday/";

  @TempDir private Path folder;
  private final VersityGw server = VersityGw.start();
  private Cli cli;

  @BeforeEach
  void fill() throws IOException {
    server.bucket("results");
    cli = new Cli(folder).withEnv(server.env());
    cli.file("items.jsonl", "1\n2\n3\n4\n");
    cli.python(
        HANDLER,
        "batchSize: 1",
        "input: {files: {paths: [items.jsonl]}}\n"
            + "output: {path: 's3://elsewhere/', include: [item]}");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void theFilesAreThoseOfAFolderAndNothingElseStaysThere() throws Exception {
    cli.run("run", "job.yaml", "--results", "local/")
        .exits(2)
        .says("results in " + folder.toRealPath() + "/local/");
    var run = cli.run("run", "job.yaml", "--results", STORE).exits(2);
    run.says("results: " + STORE, "results in " + STORE);
    assertThat(keys())
        .containsExactly(
            "monday/errors.jsonl", "monday/manifest.json", "monday/results-00000.jsonl");
    var results = stored("results-00000.jsonl");
    assertThat(results)
        .isEqualTo(Files.readString(folder.resolve("local/results-00000.jsonl")))
        .contains("\"source\":\"items.jsonl:4\",\"input\":4,\"result\":40}");
    var files = new ObjectMapper().readTree(stored("manifest.json")).get("files");
    assertThat(files.findValuesAsText("name"))
        .containsExactly("results-00000.jsonl", "errors.jsonl");
    assertThat(files.findValuesAsText("sha256"))
        .containsExactly(Sha256.hex(results), Sha256.hex(stored("errors.jsonl")));
    assertThat(kept(run)).doesNotExist();

    cli.run("run", "job.yaml", "--results", STORE)
        .exits(64)
        .says(STORE + " has the results of job \"job\"", "name another folder")
        .withoutOurFrames();
  }

  @Test
  void aStoreThatIsNoGoodIsSaidBeforeAnythingRuns() throws Exception {
    for (var expected :
        List.of(
            List.of("s3://nowhere-here/out/", "There is no bucket nowhere-here"),
            List.of("s3://results/r.jsonl", "write s3://results/r.jsonl/"),
            List.of("https://host/out/", "folders of s3://, gs:// and az://"))) {
      cli.run("run", "job.yaml", "--results", expected.getFirst())
          .exits(64)
          .says(expected.getLast())
          .withoutOurFrames();
    }
    server.put("results", "monday/results-00000.jsonl", "1\n".getBytes(UTF_8));
    cli.run("run", "job.yaml", "--results", STORE)
        .exits(64)
        .says("monday/results-00000.jsonl is there already");
    cli.run("run", "job.yaml", "--results", STORE, "--force").exits(64).says("ever replaced");
    cli.run("run", "job.yaml", "--results", STORE, "--errors", "e").exits(64).says("errors.jsonl");
    for (var option : List.of("--resume", "--results")) {
      cli.run("run", "job.yaml", option, STORE, "--retry-failed")
          .exits(64)
          .says("The payloads of " + STORE + "errors.jsonl become its items")
          .withoutOurFrames();
    }
    cli.run("run", "job.yaml", "--results", STORE, "--input", STORE + "*", "--dry-run")
        .exits(64)
        .says("lies in " + STORE);
    assertThat(keys()).containsExactly("monday/results-00000.jsonl");
  }

  /** Work of hours is not lost for a store that takes nothing any more. */
  @Test
  void resultsThatTheStoreDoesNotTakeAreKeptAndGoThereLater() throws Exception {
    cli.file("wait", "");
    Cli.Result run;
    try (var running = cli.start("run", "job.yaml", "--results", STORE)) {
      await().atMost(Duration.ofSeconds(60)).until(() -> running.outSoFar().contains("waiting"));
      try (var client = server.client()) {
        client.deleteObject(of -> of.bucket("results").key("monday/.batches/owner.json"));
        client.deleteBucket(of -> of.bucket("results"));
      }
      cli.file("mended", "");
      Files.delete(folder.resolve("wait"));
      run = running.result().exits(4);
    }
    run.says("The results are not in " + STORE, "no bucket results").withoutOurFrames();
    server.bucket("results");
    cli.run("run", "job.yaml", "--resume", kept(run).toString(), "--results", STORE)
        .says("results: " + STORE);
    assertThat(stored("results-00000.jsonl")).contains("\"input\":4,\"result\":40}");
    assertThat(keys()).hasSize(3);
  }

  @Test
  void aRunThatIsStoppedWritesNothingAndGoesOn() throws Exception {
    cli.file("wait", "");
    Cli.Result run;
    try (var running = cli.start("run", "job.yaml", "--results", STORE)) {
      await().atMost(Duration.ofSeconds(60)).until(() -> running.outSoFar().contains("waiting"));
      new ProcessBuilder("kill", "-INT", Long.toString(running.process().pid())).start().waitFor();
      run = running.result().exits(130);
    }
    run.says("Nothing was written to " + STORE);
    assertThat(keys()).isEmpty();
    Files.delete(folder.resolve("wait"));
    cli.file("mended", "");
    cli.run(
            "run",
            "job.yaml",
            "--resume",
            kept(run).toString(),
            "--results",
            STORE,
            "--retry-failed")
        .exits(0)
        .says("batches are done already", "results: " + STORE);
    assertThat(stored("errors.jsonl")).isEmpty();
    assertThat(stored("results-00000.jsonl")).hasLineCount(4);
  }

  @Test
  void aRunWhoseTimeIsOverWritesNothingAndGoesOn() throws Exception {
    cli.file("wait", "");
    cli.file("mended", "");
    cli.python(
        HANDLER,
        "batchSize: 1\ntimeouts: {runSeconds: 10}",
        "input: {files: {paths: [items.jsonl]}}");
    var run = cli.run("run", "job.yaml", "--results", STORE).exits(4);
    run.says("Nothing was written to " + STORE, "DeadlineExceeded");
    assertThat(keys()).isEmpty();

    Files.delete(folder.resolve("wait"));
    cli.run("run", "job.yaml", "--resume", kept(run).toString(), "--results", STORE)
        .exits(0)
        .says("batches are done already", "results: " + STORE);
    assertThat(stored("results-00000.jsonl")).hasLineCount(4);
  }

  private static Path kept(Cli.Result run) {
    var said = Pattern.compile("they are kept in (\\S+)\\.").matcher(run.all());
    assertThat(said.find()).as(run.all()).isTrue();
    return Path.of(said.group(1));
  }

  private List<String> keys() {
    try (var client = server.client()) {
      return client.listObjectsV2(of -> of.bucket("results")).contents().stream()
          .map(S3Object::key)
          .toList();
    }
  }

  private String stored(String name) {
    try (var client = server.client()) {
      return client
          .getObjectAsBytes(of -> of.bucket("results").key("monday/" + name))
          .asUtf8String();
    }
  }
}
