package dev.batchapi.runtime.splitter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.batchapi.contract.Sha256;
import dev.batchapi.data.collect.OutputFolder;
import dev.batchapi.data.collect.OutputProblem;
import dev.batchapi.data.files.BatchReader;
import dev.batchapi.data.files.BatchRef;
import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.data.split.Chunk;
import dev.batchapi.data.split.SplitArguments;
import dev.batchapi.data.split.SplitEnd;
import dev.batchapi.data.split.SplitProgress;
import dev.batchapi.data.store.Stores;
import dev.batchapi.queue.jetstream.JetStreamLedger;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.JetStreamSplitWriter;
import dev.batchapi.queue.jetstream.NatsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real files, a real queue. */
class SplittingIT {
  private static NatsServer server;
  private static JetStreamLedger ledger;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    server = NatsServer.start();
    ledger = JetStreamLedger.connect(server.owner(), JetStreamSettings.DEFAULT);
  }

  @AfterAll
  static void stop() {
    ledger.close();
    server.close();
  }

  private SplitEnd split(String job, SplitArguments arguments) {
    try (var writer =
            JetStreamSplitWriter.connect(server.splitter(job), job, 0, JetStreamSettings.DEFAULT);
        var stores = Stores.of(Map.of(), folder)) {
      return new Splitting(arguments, stores, writer).run();
    }
  }

  private static byte[] record(String job, String name) {
    return Objects.requireNonNull(ledger.splits().read(job, 0, name), name);
  }

  private void write(String name, String text) throws IOException {
    Files.createDirectories(folder.resolve(name).getParent());
    Files.writeString(folder.resolve(name), text);
  }

  @Test
  void theBatchesOfTheFilesAreWrittenDownAndReadAgainFromThere() throws Exception {
    write("in/a.jsonl", "1\n2\n3\n");
    write("in/b.jsonl", "4\n5\n");
    var spec = FilesSpec.of(List.of("in/*.jsonl"));
    var arguments = new SplitArguments(spec, List.of("in/"), 2);

    var end = split("A", arguments);

    assertThat(SplitEnd.read(record("A", "end"))).isEqualTo(end);
    assertThat(end)
        .extracting(SplitEnd::files, SplitEnd::items, SplitEnd::batches, SplitEnd::error)
        .containsExactly(2, 5, 3, null);
    assertThat(end.arguments()).isEqualTo(Sha256.hex(arguments.toJson().getBytes(UTF_8)));
    var lines = record("A", "0");
    assertThat(Sha256.hex(lines)).isEqualTo(end.chunks().getFirst().digest());
    try (var stores = Stores.of(Map.of(), folder)) {
      var reader = new BatchReader(spec, stores);
      var chunk = new Chunk(lines);
      assertThat(chunk.batches()).isEqualTo(3);
      assertThat(new String(reader.payload(BatchRef.read(chunk.batch(1))), UTF_8))
          .isEqualTo("[3,4]");
    }
  }

  @Test
  void whatItWasToldIsTheSameAfterItWasRead() {
    var arguments = new SplitArguments(FilesSpec.of(List.of("in/*.csv")), List.of("in/"), 7);
    assertThat(SplitArguments.read(arguments.toJson()).toJson()).isEqualTo(arguments.toJson());
  }

  @Test
  void anInputThatIsNoneIsAnEndWithTheReason() {
    var end = split("B", new SplitArguments(FilesSpec.of(List.of("in/*.csv")), List.of(), 1));

    assertThat(end.error()).contains("in/*.csv");
    assertThat(SplitEnd.read(record("B", "end"))).isEqualTo(end);
  }

  @Test
  void badInputIsAnEndWithTheReasonOrFailsItsOwnItemAlone() throws Exception {
    write("in/a b#%+é.jsonl", "1\n\"" + "x".repeat(2 << 20) + "\"\n3\n");
    Files.write(folder.resolve("in/short.jsonl.gz"), new byte[] {31, -117, 8, 0, 0, 0, 0, 0, 0, 0});
    Files.createDirectory(folder.resolve("empty"));

    assertThat(split("I", only("in/*.gz")).error()).contains("in/short.jsonl.gz can't be unpacked");
    assertThat(split("K", only("empty/")).error()).contains("empty/ matches no file");

    assertThat(split("L", only("in/*.jsonl")))
        .extracting(SplitEnd::error, SplitEnd::batches)
        .containsExactly(null, 3);
    var chunk = new Chunk(record("L", "0"));
    assertThat(BatchRef.read(chunk.batch(1)).unreadable().contains(0)).isTrue();
    assertThat(BatchRef.read(chunk.batch(2)).unreadable().isEmpty()).isTrue();
  }

  private static SplitArguments only(String path) {
    return new SplitArguments(FilesSpec.of(List.of(path)), List.of(), 1);
  }

  @Test
  void aFileOutsideOfTheFoldersIsNotReadWhateverTheOperatorThought() throws Exception {
    write("secret/a.jsonl", "1\n");

    var end =
        split("C", new SplitArguments(FilesSpec.of(List.of("secret/*.jsonl")), List.of("in/"), 1));

    assertThat(end.error()).contains("secret/*.jsonl", "spec.storage.paths");
  }

  private static SplitArguments into(String output, @Nullable FilesSpec files, String uid) {
    var job = new Manifest.Job("team", "monday", uid, "digits");
    return new SplitArguments(
        files, List.of("in/", "out/"), 2, new SplitArguments.Output(output, job, "here"));
  }

  private static OutputFolder.Owner owner(String uid, String name) {
    return new OutputFolder.Owner("team", name, uid, "digits", "here");
  }

  @Test
  void theFolderOfAJobOfThisClusterThatIsGoneIsTakenOver() {
    assertThat(split("P", into("out/p/", null, "P")).owner()).isNull();
    var next = into("out/p/", null, "Q");

    var refused = split("Q", next);
    assertThat(refused.problem()).isEqualTo(OutputProblem.OutputExists);
    assertThat(refused.owner()).isEqualTo(owner("P", "monday"));
    assertThat(SplitEnd.read(record("Q", "end"))).isEqualTo(refused);

    assertThat(split("R", next.after(owner("another", "monday"))).problem())
        .isEqualTo(OutputProblem.OutputExists);
    assertThat(split("R2", next.after(owner("P", "tuesday"))).problem())
        .as("not what the folder says")
        .isEqualTo(OutputProblem.OutputExists);
    assertThat(split("S", next.after(owner("P", "monday"))).error()).isNull();
    assertThat(folder.resolve("out/p/.batches/owner.json")).content().contains("\"uid\":\"Q\"");
    assertThat(split("T", into("out/p/", null, "T").after(owner("P", "monday"))).owner())
        .as("the one that came first")
        .extracting(OutputFolder.Owner::uid)
        .isEqualTo("Q");
  }

  @Test
  void whetherAJobOfAnotherClusterIsGoneIsNotAsked() throws Exception {
    for (var cluster : List.of(",\"cluster\":\"there\"", "")) {
      write(
          "out/q/.batches/owner.json",
          "{\"namespace\":\"team\",\"name\":\"monday\",\"uid\":\"P\",\"apiName\":\"a\"%s}"
              .formatted(cluster));

      var refused = split("U" + cluster.length(), into("out/q/", null, "U"));

      assertThat(refused.problem()).isEqualTo(OutputProblem.OutputExists);
      assertThat(refused.owner()).isNull();
    }
  }

  @Test
  void aJobsOutputIsTakenAndAnotherJobIsToldWhoseItIs() {
    var mine = split("D", into("out/a/", null, "D"));
    assertThat(mine)
        .extracting(SplitEnd::error, SplitEnd::batches, end -> end.chunks().size())
        .containsExactly(null, 0, 0);
    assertThat(folder.resolve("out/a/.batches/owner.json")).content().contains("\"uid\":\"D\"");

    var other = split("E", into("out/a/", null, "E"));
    assertThat(other.problem()).isEqualTo(OutputProblem.OutputExists);
    assertThat(other.error())
        .contains(
            "out/a/ is taken by job \"monday\" in namespace \"team\" (uid D)",
            "name another folder, or delete that BatchJob;",
            "if that job is gone for good, delete out/a/.batches/owner.json");
    assertThat(SplitEnd.read(record("E", "end"))).isEqualTo(other);
  }

  @Test
  void aJobThatIsNotAcceptedLeavesTheFolderToTheNextOne() throws Exception {
    var none = FilesSpec.of(List.of("in/*.csv"));
    assertThat(split("F", into("out/b/", none, "F")))
        .satisfies(end -> assertThat(end.error()).contains("in/*.csv"))
        .extracting(SplitEnd::problem)
        .isNull();

    write("in/a.jsonl", "1\n");
    var files = FilesSpec.of(List.of("in/*.jsonl"));
    assertThat(split("G", into("out/b/", files, "G")))
        .extracting(SplitEnd::error, SplitEnd::batches)
        .containsExactly(null, 1);
  }

  @Test
  void aFolderIsGivenBackByTheJobThatHasTakenItAndByNoOther() {
    assertThat(split("I", into("out/c/", null, "I")).error()).isNull();

    assertThat(split("J", givingBack("out/c/", "J")).error()).isNull();
    assertThat(folder.resolve("out/c/.batches/owner.json")).content().contains("\"uid\":\"I\"");
    assertThat(split("K", givingBack("out/never/", "K")).error()).isNull();
    assertThat(split("L", givingBack("out/c/", "I")).error()).isNull();
    assertThat(folder.resolve("out/c/.batches")).doesNotExist();

    assertThat(split("M", into("out/c/", null, "M")).error()).isNull();
  }

  private static SplitArguments givingBack(String output, String uid) {
    var job = new Manifest.Job("team", "monday", uid, "digits");
    return SplitArguments.toGiveBack(
        List.of("out/"), new SplitArguments.Output(output, job, "here"));
  }

  @Test
  void anOutputOutsideOfTheFoldersIsNotTouched() {
    var end = split("H", into("elsewhere/", null, "H"));

    assertThat(end.problem()).isEqualTo(OutputProblem.OutputRefused);
    assertThat(end.error()).contains("elsewhere/", "spec.storage.paths");
    assertThat(folder.resolve("elsewhere")).doesNotExist();
  }

  /** A web server that takes its time, for as long as nobody has seen how far the splitter is. */
  @Test
  void howFarItIsIsSaidWhileAFileIsRead() throws Exception {
    var lines = 5_000_000;
    var seen = new AtomicBoolean();
    var web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/slow.jsonl",
        exchange -> {
          exchange.getResponseHeaders().add("ETag", "\"1\"");
          if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().add("Content-Length", Integer.toString(2 * lines));
            exchange.sendResponseHeaders(200, -1);
            return;
          }
          exchange.sendResponseHeaders(200, 2L * lines);
          try (var out = exchange.getResponseBody()) {
            var some = "1\n".repeat(5_000).getBytes(UTF_8);
            for (var line = 0; line < lines; line += 5_000) {
              out.write(some);
              if (!seen.get()) {
                out.flush();
                LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
              }
            }
          }
        });
    web.start();
    try (var one = Executors.newVirtualThreadPerTaskExecutor()) {
      var url = "http://127.0.0.1:%d/".formatted(web.getAddress().getPort());
      var files = FilesSpec.of(List.of(url + "slow.jsonl"));
      var end = one.submit(() -> split("S", new SplitArguments(files, List.of(url), 10_000)));

      var said =
          await()
              .atMost(Duration.ofSeconds(60))
              .failFast(() -> assertThat(end.isDone() ? end.get() : null).isNull())
              .until(() -> ledger.splits().splitProgress("S", 0), Objects::nonNull);
      seen.set(true);

      var progress = SplitProgress.read(said.body());
      assertThat(progress.allFiles()).isEqualTo(1);
      assertThat(progress.allBytes()).isEqualTo(2L * lines);
      assertThat(progress.bytes()).isBetween(1L, 2L * lines - 1);
      assertThat(end.get().items()).isEqualTo(lines);
      assertThat(ledger.splits().written("S", 0)).isEqualTo(end.get().chunks().size() + 1);
    } finally {
      seen.set(true);
      web.stop(0);
    }
  }
}
