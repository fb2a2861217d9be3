package dev.batchapi.runtime.collector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.contract.ExitCode;
import dev.batchapi.contract.Sha256;
import dev.batchapi.data.collect.CollectArguments;
import dev.batchapi.data.collect.CollectEnd;
import dev.batchapi.data.collect.OutputProblem;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.data.s3.VersityGw;
import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Stores;
import dev.batchapi.queue.jetstream.JetStreamLedger;
import dev.batchapi.queue.jetstream.JetStreamOutcomes;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.NatsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, a real queue, a real store. */
class CollectorIT {
  private static final int BATCHES = 201;
  private static final int KILLS = 10;

  private static NatsServer nats;
  private static VersityGw store;
  private static EndedJob job;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws Exception {
    nats = NatsServer.start();
    store = VersityGw.start();
    store.bucket("data");
    store.bucket("out");
    store.put("data", "in/items.jsonl", EndedJob.items(BATCHES));
    try (var ledger = JetStreamLedger.connect(nats.owner(), JetStreamSettings.DEFAULT)) {
      ledger.jobs();
    }
    job = EndedJob.of("J", BATCHES, 12_000, nats, store);
  }

  @AfterAll
  static void stop() {
    nats.close();
    store.close();
  }

  private CollectEnd collect(CollectArguments arguments, int attempt, Map<String, String> env)
      throws Exception {
    var process = job.collector(arguments, attempt, nats, env, log());
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(log().toString()).isEqualTo(ExitCode.DONE.code());
    return end(attempt);
  }

  private Path log() {
    return folder.resolve("log");
  }

  private static CollectEnd end(int attempt) {
    try (var ledger = JetStreamLedger.connect(nats.owner(), JetStreamSettings.DEFAULT)) {
      return CollectEnd.read(Objects.requireNonNull(ledger.splits().collected("J", attempt)));
    }
  }

  /** All that is in a folder. */
  private static Map<String, byte[]> read(String output) {
    var files = new TreeMap<String, byte[]>();
    try (var stores = Stores.of(store.env(), Path.of("/"))) {
      var s3 = stores.of(output);
      s3.list(output, file -> files.put(file.url().substring(output.length()), bytes(s3, file)));
    }
    return files;
  }

  private static Map<String, String> digests(String output) {
    var digests = new TreeMap<String, String>();
    read(output).forEach((name, bytes) -> digests.put(name, Sha256.hex(bytes)));
    return digests;
  }

  private static byte[] bytes(Store s3, StoredFile file) {
    try (var in = s3.open(file, 0, file.size())) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] file(Map<String, byte[]> files, String name) {
    return Objects.requireNonNull(files.get(name), name);
  }

  private static void isWhole(String output, CollectEnd end) throws IOException {
    var files = read(output);
    assertThat(files.keySet())
        .containsExactly("errors.jsonl", "manifest.json", "results-00000.jsonl");
    var manifest = Manifest.read(file(files, "manifest.json"));
    for (var file : manifest.files()) {
      assertThat(file.sha256()).isEqualTo(Sha256.hex(file(files, file.name())));
    }
    assertThat(end.manifest()).isEqualTo(Sha256.hex(file(files, "manifest.json")));
  }

  @Test
  void aQuietRunWritesLinesByIndexWithSourceAndItemAndLeavesNothingElse() throws Exception {
    var output = "s3://out/quiet/";

    var end = collect(job.into(output), 100, store.env());

    isWhole(output, end);
    var files = read(output);
    var results = new String(file(files, "results-00000.jsonl"), UTF_8).lines().toList();
    assertThat(results.getFirst())
        .startsWith(
            "{\"job\":\"monday\",\"item\":4,\"batch\":1,\"source\":\"s3://data/in/items.jsonl:5\",\"input\":{\"id\": 4},\"result\":\"1111");
    assertThat(results.getLast()).contains("\"batch\":200,");
    assertThat(new String(file(files, "errors.jsonl"), UTF_8).lines().findFirst())
        .hasValue(
            "{\"job\":\"monday\",\"batch\":17,\"attempts\":3,\"source\":\"s3://data/in/items.jsonl:69 to s3://data/in/items.jsonl:72\",\"error\":{\"reason\":\"HandlerFailed\",\"message\":\"batch 17 is no good\"},\"payload\":[{\"id\": 68},{\"id\": 69},{\"id\": 70},{\"id\": 71}]}");
    var manifest = Manifest.read(file(files, "manifest.json"));
    assertThat(manifest.job()).isEqualTo(job.job());
    assertThat(manifest.verdict()).isEqualTo("BatchesFailed");
    var notDone = (BATCHES + 18) / 19;
    var failed = (int) IntStream.range(0, BATCHES).filter(i -> i % 17 == 0 && i % 19 != 0).count();
    assertThat(manifest.batches())
        .isEqualTo(new Manifest.Batches(BATCHES, BATCHES - notDone - failed, failed, notDone));
    assertThat(end.lines()).isEqualTo(results.size() + failed);

    // Whoever comes after a collector that died just before its record says the same.
    assertThat(collect(job.into(output), 101, store.env())).isEqualTo(end);
    assertThat(read(output)).containsOnlyKeys(files.keySet());
  }

  @Test
  void killedAtAnyMomentAndMadeAgainItWritesTheSameBytes() throws Exception {
    var quiet = "s3://out/before/";
    var started = System.nanoTime();
    collect(job.into(quiet), 200, store.env());
    var millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
    var random = new Random(7);
    var interrupted = 0;
    for (var i = 0; i < KILLS; i++) {
      var output = "s3://out/killed-" + i + "/";
      var victim = job.collector(job.into(output), 300 + 2 * i, nats, store.env(), log());
      if (!victim.waitFor(millis / 4 + random.nextLong(millis), TimeUnit.MILLISECONDS)) {
        interrupted++;
      }
      victim.destroyForcibly().waitFor();

      var end = collect(job.into(output), 301 + 2 * i, store.env());

      isWhole(output, end);
      assertThat(digests(output)).isEqualTo(digests(quiet));
    }
    assertThat(interrupted).isPositive();
  }

  @Test
  void queueAndStoreMayGoAndComeBackInTheMiddle() throws Exception {
    var quiet = "s3://out/steady/";
    collect(job.into(quiet), 400, store.env());
    var output = "s3://out/shaken/";
    var process = job.collector(job.into(output), 401, nats, store.env(), log());
    process.waitFor(700, TimeUnit.MILLISECONDS);
    store.kill();
    nats.kill();
    process.waitFor(1500, TimeUnit.MILLISECONDS);
    nats.restart();
    store.restart();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(ExitCode.DONE.code());
    assertThat(digests(output)).isEqualTo(digests(quiet));
  }

  @Test
  void whatItMayNotWriteOrReplaceIsRecordedWithTheWayOut() throws Exception {
    var nobody = Map.of("AWS_ENDPOINT_URL", store.endpoint().toString());
    var denied = job.collector(job.into("s3://out/denied/"), 500, nats, nobody, log());
    assertThat(denied.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(denied.exitValue())
        .as("rights may come back: no end is recorded")
        .isEqualTo(ExitCode.STORAGE_UNAVAILABLE.code());
    assertThat(folder.resolve("last-words"))
        .content()
        .contains("bucket out to no credentials: AccessDenied");
    assertThat(collect(job.into("s3://out/denied/"), 503, store.env()).error()).isNull();

    store.put("out", "taken/results-00000.jsonl", "mine\n".getBytes(UTF_8));
    var taken = collect(job.into("s3://out/taken/"), 501, store.env());
    assertThat(taken.problem()).isEqualTo(OutputProblem.OutputExists);
    assertThat(taken.error())
        .contains("s3://out/taken/results-00000.jsonl is there already, and is not what");
    assertThat(read("s3://out/taken/").get("results-00000.jsonl"))
        .isEqualTo("mine\n".getBytes(UTF_8));

    var outside = collect(job.into("s3://elsewhere/x/"), 502, store.env());
    assertThat(outside.problem()).isEqualTo(OutputProblem.OutputRefused);
    assertThat(outside.error()).contains("spec.storage.paths");
  }

  @Test
  void referencesThatAreNotThoseOfTheAcceptanceAreNotBelieved() throws Exception {
    var good = job.into("s3://out/forged/");
    var forged =
        new CollectArguments(
            good.output(),
            good.include(),
            good.folders(),
            good.job(),
            good.verdict(),
            good.message(),
            good.items(),
            good.totalBatches(),
            good.batchSize(),
            good.files(),
            new CollectArguments.Split(2, Sha256.hex("another")),
            null);
    try (var outcomes =
            JetStreamOutcomes.connect(nats.collector("J"), "J", 600, JetStreamSettings.DEFAULT);
        var stores = Stores.of(store.env(), folder)) {
      var end = new Collecting(forged, folder.resolve("none"), stores, outcomes).run();
      assertThat(end.problem()).isEqualTo(OutputProblem.Tampered);
    }
    assertThat(read("s3://out/forged/").keySet()).doesNotContain("manifest.json");
  }
}
