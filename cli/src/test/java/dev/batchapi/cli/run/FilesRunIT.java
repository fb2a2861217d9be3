package dev.batchapi.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Items in files, as people have them: several, packed, far away, broken, changing. */
class FilesRunIT {
  private static final String ECHO =
      "class Handler:\n    def handle_batch(self, payload): return payload\n";

  /** Waits in the batch of item 3 while there is a file. */
  private static final String WAITING =
      """
      import os, time
      class Handler:
          def handle_batch(self, payload):
              while 3 in payload and os.path.exists("wait"):
                  print("waiting", flush=True)
                  time.sleep(0.1)
              return payload
      """;

  @TempDir private Path folder;
  private Cli cli;

  @BeforeEach
  void start() throws IOException {
    cli = new Cli(folder);
    Files.createDirectories(folder.resolve("data/more"));
  }

  @Test
  void filesOfAnyFormatAreOneInputAndEachLineSaysWhereItsItemStands() throws Exception {
    cli.file("data/a.csv", "id,name\r\n1,\"Lima, Ana\"\r\n2,\"two\nlines\"\r\n3,Zoë\r\n");
    cli.file("data/b.jsonl", "{\"n\": 1.10}\n\n18446744073709551557\n");
    cli.file("data/more/c.txt", "first line\nsecond line\n");
    gzip("data/more/d.jsonl.gz", "\"packed\"\n");
    cli.file("data/left-out.csv", "id\n9\n");
    cli.python(
        ECHO, "batchSize: 3", "input: {files: {paths: ['data/**'], excludes: ['left-out*']}}");

    cli.run("run", "job.yaml", "--dry-run")
        .exits(0)
        .says("job: 8 items in 3 batches of 3", "4 files", "data/b.jsonl", "    3  {\"n\":1.10}");
    cli.run("run", "job.yaml", "--results", "out/").exits(0).says("3 succeeded");
    assertThat(Files.readAllLines(folder.resolve("out/results-00000.jsonl")))
        .containsExactly(
            line(0, 0, "data/a.csv:2", "{\"id\":\"1\",\"name\":\"Lima, Ana\"}"),
            line(1, 0, "data/a.csv:3", "{\"id\":\"2\",\"name\":\"two\\nlines\"}"),
            line(2, 0, "data/a.csv:5", "{\"id\":\"3\",\"name\":\"Zoë\"}"),
            line(3, 1, "data/b.jsonl:1", "{\"n\":1.1}"),
            line(4, 1, "data/b.jsonl:3", "18446744073709551557"),
            line(5, 1, "data/more/c.txt:1", "\"first line\""),
            line(6, 2, "data/more/c.txt:2", "\"second line\""),
            line(7, 2, "data/more/d.jsonl.gz:1", "\"packed\""));
  }

  @Test
  void pathsOfAJobBeginInTheFolderOfItsFileAndThoseOfTheCommandInTheWorkingFolder()
      throws Exception {
    cli.file("data/near.csv", "id\n1\n2\n");
    cli.file("far.txt", "a\n");
    cli.python(ECHO, "", "input: {files: {paths: [near.csv]}}");
    Files.move(folder.resolve("job.yaml"), folder.resolve("data/job.yaml"));
    cli.run("run", "data/job.yaml", "--results", "r.jsonl").exits(0).says("2 succeeded");
    assertThat(folder.resolve("r.jsonl")).content().contains("\"source\":\"near.csv:3\"");
    cli.run("run", "data/job.yaml", "--input", "far.txt", "--input", "data/*.csv")
        .exits(0)
        .says("3 succeeded");
    var absolute = folder.resolve("far.txt").toString();
    cli.run("run", "data/job.yaml", "--input", absolute).exits(0).says("1 succeeded");
  }

  @Test
  void howCsvIsWrittenStandsInTheJobAndHoldsForTheCommandsFilesToo() throws Exception {
    cli.file("data/a.csv", "id;name\n1;ann\n");
    cli.python(ECHO, "", "input: {files: {paths: [data/a.csv]}}");
    cli.run("run", "job.yaml")
        .exits(64)
        .says("data/a.csv, line 1: the header has no comma", "input.files.csv.delimiter: \";\"");
    cli.python(ECHO, "", "input: {files: {paths: [none.csv], csv: {delimiter: ';'}}}");
    cli.run("run", "job.yaml", "--input", "data/a.csv", "--dry-run")
        .exits(0)
        .says("{\"id\":\"1\",\"name\":\"ann\"}");
    cli.file("data/b.jsonl", "1\n");
    cli.run("run", "job.yaml", "--input", "data/b.jsonl", "--format", "jsonl").exits(0);
    cli.file("data/h.csv", "id;name\n");
    cli.run("run", "job.yaml", "--input", "data/h.csv")
        .exits(64)
        .says("The input has no items: data/h.csv has no rows below its header.");
  }

  @Test
  void theFormatIsWhatTheNameOrTheOptionSays() throws Exception {
    var manifest = cli.python(ECHO, "", "input: {count: 1}");
    cli.file("data/x.dat", "1\n2\n");
    cli.run("run", manifest, "--input", "data/x.dat").exits(64).says("data/x.dat", "format");
    for (var plain : List.of("items", "items.json")) {
      cli.file("data/" + plain, "1\n2\n");
      cli.run("run", manifest, "--input", "data/" + plain).exits(0).says("2 items");
    }
    for (var format : List.of("jsonl:1", "lines:\"1\"", "csv:{\"1\":\"2\"}")) {
      var name = format.substring(0, format.indexOf(':'));
      cli.run("run", manifest, "--input", "data/x.dat", "--format", name, "--results", "r.jsonl")
          .exits(0);
      assertThat(Files.readAllLines(folder.resolve("r.jsonl")).getFirst())
          .endsWith("\"result\":" + format.substring(format.indexOf(':') + 1) + "}");
    }
    cli.run("run", manifest, "--input", "data/x.dat", "--format", "paths", "--results", "r.jsonl")
        .exits(0)
        .says("1 item)");
    assertThat(folder.resolve("r.jsonl")).content().contains("data/x.dat");
    cli.run("run", manifest, "--input", "data/x.dat", "--format", "xml").exits(64).says("xml");
    cli.withInput("data/x.dat")
        .run("run", manifest, "--input", "-", "--format", "csv")
        .exits(64)
        .says("what comes through a pipe is JSON lines");
    cli.run("run", manifest, "--input", "-", "--input", "data/x.dat")
        .exits(64)
        .says("give it alone");
  }

  /** A handler runs in the folder of its BatchAPI, wherever its files are and the shell is. */
  @Test
  void aPathThatIsAnItemCanBeOpenedFromAnywhere() throws Exception {
    cli.file("data/a.txt", "A");
    Files.createDirectories(folder.resolve("api/data"));
    cli.file("api/data/b.txt", "B");
    cli.python(
        "class Handler:\n    def handle_item(self, item): return open(item).read()\n",
        "",
        "input: {files: {paths: ['data/*'], format: paths}}");
    Files.move(folder.resolve("job.yaml"), folder.resolve("api/job.yaml"));
    cli.run("run", "api/job.yaml", "--results", "r.jsonl").exits(0);
    assertThat(folder.resolve("r.jsonl"))
        .content()
        .endsWith("\"source\":\"data/b.txt\",\"result\":\"B\"}\n");
    cli.run("run", "./api/job.yaml", "--input", "data/*", "--format", "paths", "--results", "r2/")
        .exits(0);
    assertThat(folder.resolve("r2/results-00000.jsonl"))
        .content()
        .endsWith("\"source\":\"data/a.txt\",\"result\":\"A\"}\n");
  }

  @Test
  void whatIsWrongWithTheFilesIsSaidBeforeAnythingRuns() throws Exception {
    var manifest = cli.python("print('started')\n" + ECHO, "", "input: {count: 1}");
    cli.file("data/open.csv", "id,text\n1,\"never closed\n2,b\n");
    cli.file("data/ragged.csv", "id,text\n1,a\n2\n");
    cli.file("data/broken.jsonl", "1\n{\"a\": \n3\n");
    cli.file("data/empty.jsonl", "\n");
    Files.write(folder.resolve("data/latin1.txt"), new byte[] {'a', '\n', (byte) 0xe9, '\n'});
    gzip("data/cut.jsonl.gz", "\"" + "x".repeat(1000) + "\"\n");
    var whole = Files.readAllBytes(folder.resolve("data/cut.jsonl.gz"));
    Files.write(folder.resolve("data/cut.jsonl.gz"), Arrays.copyOf(whole, whole.length - 9));
    for (var expected :
        List.of(
            List.of("data/none.csv", "there is no such file"),
            List.of("data/*.parquet", "matches no file"),
            List.of("data", "is a folder"),
            List.of("data/open.csv", "data/open.csv", "line 2"),
            List.of("data/ragged.csv", "data/ragged.csv", "line 3"),
            List.of("data/broken.jsonl", "data/broken.jsonl", "line 2"),
            List.of("data/empty.jsonl", "no items"),
            List.of("data/latin1.txt", "data/latin1.txt", "line 2", "UTF-8"),
            List.of("data/cut.jsonl.gz", "data/cut.jsonl.gz"),
            List.of("ftp://host/x.jsonl", "ftp"))) {
      var said = expected.subList(1, expected.size()).toArray(String[]::new);
      for (var mode : List.of("--dry-run", "--verbose")) {
        var result = cli.run("run", manifest, mode, "--input", expected.getFirst());
        assertThat(result.code()).as(result.all()).isIn(1, 64);
        result.says(said).withoutOurFrames();
        assertThat(result.all()).doesNotContain("started");
      }
    }
  }

  @Test
  void aRecordThatCanNotBeReadFailsItsItemUnlessTheJobSaysOtherwise() throws Exception {
    cli.file("data/a.jsonl", "1\n{\"a\": \n3\n");
    cli.python(ECHO, "batchSize: 2", "input: {files: {paths: [data/a.jsonl]}}");
    cli.run("run", "job.yaml", "--dry-run")
        .exits(0)
        .says("1 item can't be read and will fail; the first: data/a.jsonl, line 2");
    cli.run("run", "job.yaml", "--results", "out/")
        .exits(2)
        .says("items  2 succeeded, 1 failed (of 3)")
        .says("item 1 (data/a.jsonl:2) failed, 1 attempt, InputInvalid: data/a.jsonl, line 2");
    assertThat(folder.resolve("out/errors.jsonl"))
        .content()
        .contains("\"item\":1", "\"source\":\"data/a.jsonl:2\"", "\"payload\":null");
    assertThat(folder.resolve("out/results-00000.jsonl"))
        .content()
        .contains("\"item\":0", "\"item\":2")
        .doesNotContain("\"item\":1,");
    cli.run("run", "job.yaml", "--item", "1").exits(2).says("InputInvalid: data/a.jsonl, line 2");
    cli.python(ECHO, "", "input: {files: {paths: [data/a.jsonl], onBadRecord: Fail}}");
    cli.run("run", "job.yaml").exits(64).says("data/a.jsonl, line 2");
  }

  @Test
  void aHandlerThatReturnsNothingIsGivenTheOthersOfABadBatchToo() throws Exception {
    cli.file("data/a.jsonl", "1\n{\n3\n");
    cli.python(
        """
        class Handler:
            def handle_batch(self, payload):
                print("handled", payload)
        """,
        "batchSize: 3",
        "input: {files: {paths: [data/a.jsonl]}}");
    cli.run("run", "job.yaml", "--verbose")
        .exits(2)
        .says("handled [1, 3]", "items  2 succeeded, 1 failed (of 3)")
        .says("item 1 (data/a.jsonl:2) failed, 1 attempt, InputInvalid");
  }

  @Test
  void aFileOfAWebServerIsReadPiecewise() throws Exception {
    var content = new StringBuilder("id,text\n");
    for (var i = 0; i < 1000; i++) {
      content.append(i).append(",row ").append(i).append('\n');
    }
    var bytes = content.toString().getBytes(StandardCharsets.UTF_8);
    var manifest = cli.python(ECHO, "batchSize: 100", "input: {count: 1}");
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/rows.csv",
        exchange -> {
          var range = exchange.getRequestHeaders().getFirst("Range");
          var from = 0;
          var to = bytes.length - 1;
          if (range != null) {
            var ends = range.substring("bytes=".length()).split("-", -1);
            from = Integer.parseInt(ends[0]);
            to = ends[1].isEmpty() ? to : Math.min(to, Integer.parseInt(ends[1]));
            exchange
                .getResponseHeaders()
                .set("Content-Range", "bytes %d-%d/%d".formatted(from, to, bytes.length));
          }
          exchange.getResponseHeaders().set("ETag", "\"v1\"");
          exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
          var head = exchange.getRequestMethod().equals("HEAD");
          if (head) {
            exchange.getResponseHeaders().set("Content-Length", "" + bytes.length);
          }
          exchange.sendResponseHeaders(range == null ? 200 : 206, head ? -1 : to - from + 1);
          if (!head) {
            try (OutputStream out = exchange.getResponseBody()) {
              out.write(bytes, from, to - from + 1);
            }
          }
          exchange.close();
        });
    server.start();
    try {
      var url = "http://127.0.0.1:%d/rows.csv".formatted(server.getAddress().getPort());
      cli.run("run", manifest, "--input", url, "--results", "r.jsonl")
          .exits(0)
          .says("10 succeeded", "1,000 items");
      assertThat(Files.readAllLines(folder.resolve("r.jsonl")))
          .hasSize(1000)
          .last()
          .asString()
          .contains("\"source\":\"" + url + ":1001\"", "\"row 999\"");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aFileThatChangesInTheMiddleFailsItsBatchesAndMixesNothing() throws Exception {
    cli.file("data/a.jsonl", "0\n1\n2\n3\n4\n5\n");
    cli.python(WAITING, "batchSize: 1", "input: {files: {paths: [data/a.jsonl]}}");
    cli.file("wait", "");
    try (var running = cli.start("run", "job.yaml", "--results", "out/")) {
      await().atMost(Duration.ofSeconds(60)).until(() -> running.outSoFar().contains("waiting"));
      cli.file("data/new.jsonl", "10\n11\n12\n13\n14\n15\n");
      Files.move(
          folder.resolve("data/new.jsonl"),
          folder.resolve("data/a.jsonl"),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      Files.delete(folder.resolve("wait"));
      running.result().exits(2).says("4 succeeded, 2 failed", "InputChanged", "data/a.jsonl");
    }
    assertThat(folder.resolve("out/results-00000.jsonl"))
        .content()
        .contains("\"result\":3}")
        .doesNotContainPattern("\"result\":1\\d");
    assertThat(Files.readAllLines(folder.resolve("out/errors.jsonl")))
        .hasSize(2)
        .allMatch(line -> line.contains("\"source\":\"data/a.jsonl:"))
        .allMatch(line -> line.endsWith("\"payload\":null}"));
    cli.run("run", "job.yaml", "--resume", "out/", "--retry-failed")
        .exits(64)
        .says("--resume out can't go on: its input has changed");
  }

  @Test
  void aKilledRunOverFilesGoesOnAndEndsWithTheBytesOfAQuietOne() throws Exception {
    cli.file("data/a.csv", "n\n" + "7\n".repeat(2));
    cli.file("data/b.jsonl", "2\n3\n4\n");
    gzip("data/c.jsonl.gz", "5\n6\n7\n");
    cli.python(WAITING, "batchSize: 2", "input: {files: {paths: ['data/*']}}");
    cli.run("run", "job.yaml", "--results", "quiet/").exits(0);
    cli.file("wait", "");
    try (var running = cli.start("run", "job.yaml", "--results", "out/")) {
      await().atMost(Duration.ofSeconds(60)).until(() -> running.outSoFar().contains("waiting"));
      running.process().destroyForcibly().waitFor();
      await().atMost(Duration.ofSeconds(60)).until(() -> running.leftOver().isEmpty());
    }
    Files.delete(folder.resolve("wait"));
    cli.run("run", "job.yaml", "--resume", "out/").exits(0).says("1 of 4 batches are done already");
    assertThat(folder.resolve("out/results-00000.jsonl"))
        .hasSameBinaryContentAs(folder.resolve("quiet/results-00000.jsonl"));
    var json = new ObjectMapper();
    assertThat(json.readTree(folder.resolve("out/manifest.json").toFile()).get("files"))
        .isEqualTo(json.readTree(folder.resolve("quiet/manifest.json").toFile()).get("files"));
  }

  private static String line(int item, int batch, String source, String result) {
    return "{\"job\":\"job\",\"item\":%d,\"batch\":%d,\"source\":\"%s\",\"result\":%s}"
        .formatted(item, batch, source, result);
  }

  private void gzip(String name, String content) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(packed)) {
      out.write(content.getBytes(StandardCharsets.UTF_8));
    }
    Files.write(folder.resolve(name), packed.toByteArray());
  }
}
