package dev.batchapi.runtime.splitter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.batchapi.contract.ExitCode;
import dev.batchapi.contract.Sha256;
import dev.batchapi.contract.SplitterVariable;
import dev.batchapi.contract.WorkerVariable;
import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.split.SplitArguments;
import dev.batchapi.data.split.SplitEnd;
import dev.batchapi.data.store.Stores;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.jetstream.JetStreamLedger;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.JetStreamSplitWriter;
import dev.batchapi.queue.jetstream.NatsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process and a real queue, which goes away in the middle of the splitting. */
class SplitterIT {
  private static final int LINES = 200_000;
  private static final byte[] FILE = "{\"n\": 1234567890}\n".repeat(LINES).getBytes(UTF_8);

  /** So that a chunk is written before it. */
  private static final int PAUSE = FILE.length * 3 / 4;

  private final NatsServer nats = NatsServer.start();
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final AtomicBoolean held = new AtomicBoolean();
  private HttpServer web;

  @TempDir private Path folder;

  @BeforeEach
  void start() throws IOException {
    try (var ledger = ledger()) {
      ledger.jobs(); // makes the streams
    }
    web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext("/", this::serve);
    web.start();
  }

  @AfterEach
  void stop() {
    goOn.countDown();
    web.stop(0);
    nats.close();
  }

  /** While it is held it stops before the end, until it is told to go on. */
  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().add("ETag", "\"1\"");
      exchange.sendResponseHeaders(200, FILE.length);
      exchange.getResponseBody().write(FILE, 0, PAUSE);
      exchange.getResponseBody().flush();
      if (held.get() && !exchange.getRequestHeaders().containsKey("Range")) {
        reached.countDown();
        goOn.await();
      }
      exchange.getResponseBody().write(FILE, PAUSE, FILE.length - PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private JetStreamLedger ledger() {
    return JetStreamLedger.connect(nats.owner(), JetStreamSettings.DEFAULT);
  }

  private SplitArguments arguments() {
    var url = "http://127.0.0.1:%d/items.jsonl".formatted(web.getAddress().getPort());
    return new SplitArguments(FilesSpec.of(List.of(url)), List.of(), 10);
  }

  private Process splitter(String job, int attempt, SplitArguments arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(SplitterMain.PROGRAM.arguments(System.getProperty("java.class.path")));
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    builder
        .environment()
        .putAll(
            Map.of(
                SplitterVariable.ARGUMENTS, arguments.toJson(),
                SplitterVariable.JOB, job,
                SplitterVariable.ATTEMPT, Integer.toString(attempt),
                WorkerVariable.NATS_URL, nats.url(),
                WorkerVariable.NATS_CREDENTIALS,
                    Objects.requireNonNull(nats.splitter(job).credentials()).toString(),
                WorkerVariable.TERMINATION_LOG, folder.resolve("last-words").toString()));
    return builder.start();
  }

  private Path log() {
    return folder.resolve("log");
  }

  private void ends(Process process, ExitCode code) throws InterruptedException {
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(log().toString()).isEqualTo(code.code());
  }

  /** All that a splitter has written; the end by what it says. */
  private List<String> records(String job, int attempt) {
    try (var ledger = ledger()) {
      var end = ledger.splits().read(job, attempt, SplitEnd.NAME);
      var said = SplitEnd.read(Objects.requireNonNull(end, "no end"));
      assertThat(said.error()).isNull();
      assertThat(said.items()).isEqualTo(LINES);
      var records = new ArrayList<String>();
      for (var i = 0; i < said.chunks().size(); i++) {
        var chunk = ledger.splits().read(job, attempt, Integer.toString(i));
        var digest = Sha256.hex(Objects.requireNonNull(chunk, "chunk " + i));
        assertThat(digest).isEqualTo(said.chunks().get(i).digest());
        records.add(digest);
      }
      assertThat(ledger.splits().written(job, attempt)).isEqualTo(records.size() + 1);
      records.add(said.batches() + " batches of " + said.files() + " files");
      return records;
    }
  }

  private List<String> quiet() throws Exception {
    ends(splitter("quiet", 0, arguments()), ExitCode.DONE);
    var quiet = records("quiet", 0);
    assertThat(quiet).hasSizeGreaterThan(3);
    held.set(true);
    return quiet;
  }

  private void awaitsTheMiddle() throws InterruptedException {
    assertThat(reached.await(60, TimeUnit.SECONDS)).as(log().toString()).isTrue();
  }

  @Test
  void theQueueMayGoAndComeBackInTheMiddle() throws Exception {
    var quiet = quiet();
    var process = splitter("A", 0, arguments());
    awaitsTheMiddle();
    nats.kill();
    goOn.countDown();
    // As long as nobody answers it waits with what it has, and does not end.
    assertThat(process.waitFor(2, TimeUnit.SECONDS)).isFalse();
    nats.restart();

    ends(process, ExitCode.DONE);
    assertThat(records("A", 0)).isEqualTo(quiet);
  }

  @Test
  void oneThatGivesUpHasWrittenNoEndAndTheNextOneWritesAll() throws Exception {
    var quiet = quiet();
    var impatient = JetStreamSettings.DEFAULT.withPatience(Duration.ofSeconds(1));
    try (var thread = Executors.newVirtualThreadPerTaskExecutor();
        var writer = JetStreamSplitWriter.connect(nats.splitter("B"), "B", 0, impatient);
        var stores = Stores.of(Map.of(), folder)) {
      var end = thread.submit(() -> new Splitting(arguments(), stores, writer).run());
      awaitsTheMiddle();
      nats.kill();
      goOn.countDown();
      assertThatThrownBy(end::get).hasCauseInstanceOf(QueueUnavailableException.class);
    }
    nats.restart();
    try (var ledger = ledger()) {
      assertThat(ledger.splits().read("B", 0, SplitEnd.NAME)).isNull();
    }

    ends(splitter("B", 1, arguments()), ExitCode.DONE);
    assertThat(records("B", 1)).isEqualTo(quiet);
  }
}
