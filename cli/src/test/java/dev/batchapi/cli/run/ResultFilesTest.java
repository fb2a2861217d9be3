package dev.batchapi.cli.run;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.batchapi.data.files.FilesInput;
import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.input.JsonLines;
import dev.batchapi.data.store.Stores;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.memory.MemoryQueue;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a handler returned or was given, its line is JSON and no other line is lost. */
class ResultFilesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final ResultFiles.Job JOB = new ResultFiles.Job("j", "id", true, false);

  @TempDir private Path folder;

  @Test
  void resultsAreCopiedAsTheyAre() throws Exception {
    var lines =
        results(
            2,
            "[18446744073709551557,0.10000000000000000555]",
            "[1e400,\"nice\\ud83d\"]",
            "[ {\"a\": [1, \"]\"]} ,\n null\r\n]",
            "[\"\\\"\\\\\", \"🙂\"]");

    assertThat(lines)
        .containsExactly(
            "{\"job\":\"j\",\"item\":0,\"batch\":0,\"result\":18446744073709551557}",
            "{\"job\":\"j\",\"item\":1,\"batch\":0,\"result\":0.10000000000000000555}",
            "{\"job\":\"j\",\"item\":2,\"batch\":1,\"result\":1e400}",
            "{\"job\":\"j\",\"item\":3,\"batch\":1,\"result\":\"nice\\ud83d\"}",
            "{\"job\":\"j\",\"item\":4,\"batch\":2,\"result\":{\"a\": [1, \"]\"]}}",
            "{\"job\":\"j\",\"item\":5,\"batch\":2,\"result\":null}",
            "{\"job\":\"j\",\"item\":6,\"batch\":3,\"result\":\"\\\"\\\\\"}",
            "{\"job\":\"j\",\"item\":7,\"batch\":3,\"result\":\"🙂\"}");
    for (var line : lines) {
      assertThat(JSON.readTree(line)).isNotNull();
    }
  }

  @Test
  void aResultOfABatchIsOneLineWhateverLineEndsItHas() throws Exception {
    assertThat(results(2, "{\"a\":\n 1}", "7"))
        .containsExactly(
            "{\"job\":\"j\",\"batch\":0,\"result\":{\"a\":  1}}",
            "{\"job\":\"j\",\"batch\":1,\"result\":7}");
  }

  @Test
  void bytesThatAreNoTextCostNothingButThemselves() throws Exception {
    var body = "[\"caf\u00e9\",\"fine\"]".getBytes(ISO_8859_1);

    assertThat(results(2, List.of(body)))
        .containsExactly(
            "{\"job\":\"j\",\"item\":0,\"batch\":0,\"result\":\"caf\uFFFD\"}",
            "{\"job\":\"j\",\"item\":1,\"batch\":0,\"result\":\"fine\"}");
  }

  @Test
  void halfACharacterInAPayloadOrAnErrorDoesNotCostTheErrorFile() throws Exception {
    var input =
        JsonLines.of("x", "{\"t\":\"nice \\ud83d\"}\r\n{\"t\":\"other\"}\r\n".getBytes(UTF_8), 1);
    try (var queue = new MemoryQueue()) {
      queue.enqueue("id", Batches.of(input.count(), input::payload));
      for (var i = 0; i < 2; i++) {
        var error = new BatchError(BatchError.Reason.HandlerFailed, "bad \ud83d", "E", "at \ude42");
        queue.worker("id").lease(Duration.ZERO).orElseThrow().commit(Outcome.failed(1, error));
      }
      try (var files = new ResultFiles(null, folder.resolve("e.jsonl"))) {
        files.add(files.begin(JOB, queue, input));
      }
    }
    var lines = Files.readAllLines(folder.resolve("e.jsonl"));
    assertThat(lines).hasSize(2);
    assertThat(JSON.readTree(lines.get(0)).at("/payload/0/t").asText()).isEqualTo("nice \ud83d");
    assertThat(JSON.readTree(lines.get(1)).at("/payload/0/t").asText()).isEqualTo("other");
    assertThat(JSON.readTree(lines.get(1)).at("/error/message").asText()).startsWith("bad ");
  }

  /** Its error has been told, and the results of all others are there. */
  @Test
  void aPayloadThatCanNotBeReadAnyMoreCostsNothingButItself() throws Exception {
    var asked = new AtomicInteger();
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          var refused = asked.incrementAndGet() > 2; // it is found, and cut
          exchange.sendResponseHeaders(refused ? 403 : 200, refused ? -1 : 4);
          if (!refused) {
            exchange.getResponseBody().write("3\n4\n".getBytes(UTF_8));
          }
          exchange.close();
        });
    server.start();
    Files.createDirectory(folder.resolve("d"));
    Files.writeString(folder.resolve("d/a.jsonl"), "1\n2\n");
    var web = "http://127.0.0.1:%d/b.jsonl".formatted(server.getAddress().getPort());
    var files = FilesSpec.of(List.of(web, "d/a.jsonl"));
    try (var input = new FilesInput(files, 1, Stores.of(Map.of(), folder));
        var queue = new MemoryQueue()) {
      queue.enqueue("id", Batches.of(input.count(), index -> new byte[0]));
      // No folder any more: the file system says neither that the file is there nor that it isn't.
      Files.delete(folder.resolve("d/a.jsonl"));
      Files.delete(folder.resolve("d"));
      Files.writeString(folder.resolve("d"), "");
      var error = new BatchError(BatchError.Reason.HandlerFailed, "bad", null, null);
      for (var i = 0; i < input.count(); i++) {
        var lease = queue.worker("id").lease(Duration.ZERO).orElseThrow();
        lease.commit(
            lease.index() == 1
                ? Outcome.succeeded(1, "[33]".getBytes(UTF_8))
                : Outcome.failed(1, error));
      }
      try (var written = new ResultFiles(folder.resolve("r.jsonl"), folder.resolve("e.jsonl"))) {
        written.add(written.begin(JOB, queue, input));
      }
    } finally {
      server.stop(0);
    }
    assertThat(Files.readAllLines(folder.resolve("r.jsonl"))).hasSize(1);
    assertThat(Files.readAllLines(folder.resolve("e.jsonl")))
        .hasSize(3)
        .allSatisfy(line -> assertThat(line).endsWith("\"payload\":null}"));
  }

  private List<String> results(int batchSize, String... bodies) throws Exception {
    return results(batchSize, List.of(bodies).stream().map(b -> b.getBytes(UTF_8)).toList());
  }

  private List<String> results(int batchSize, List<byte[]> bodies)
      throws IOException, InterruptedException {
    var input =
        JsonLines.of("x", "1\n".repeat(bodies.size() * batchSize).getBytes(UTF_8), batchSize);
    try (var queue = new MemoryQueue();
        var files = new ResultFiles(folder.resolve("r.jsonl"), null)) {
      queue.enqueue("id", Batches.of(input.count(), input::payload));
      for (var body : bodies) {
        queue.worker("id").lease(Duration.ZERO).orElseThrow().commit(Outcome.succeeded(1, body));
      }
      files.add(files.begin(JOB, queue, input));
    }
    return Files.readAllLines(folder.resolve("r.jsonl"));
  }
}
