package dev.batchapi.runtime.collector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.contract.ExitCode;
import dev.batchapi.contract.Sha256;
import dev.batchapi.contract.WorkerVariable;
import dev.batchapi.data.azure.Azurite;
import dev.batchapi.data.collect.CollectEnd;
import dev.batchapi.data.gcs.FakeGcs;
import dev.batchapi.data.s3.VersityGw;
import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Stores;
import dev.batchapi.queue.jetstream.JetStreamLedger;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.NatsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One job's results in each kind of store: real processes, a real queue, real stores. */
class EveryStoreIT {
  private static final int BATCHES = 101;
  private static final int KILLS = 3;

  @TempDir private static Path volume;

  private static NatsServer nats;
  private static VersityGw s3;
  private static FakeGcs gcs;
  private static Azurite azure;
  private static EndedJob job;
  private static int attempts;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws Exception {
    nats = NatsServer.start();
    s3 = VersityGw.start();
    s3.bucket("data");
    s3.bucket("out");
    s3.put("data", "in/items.jsonl", EndedJob.items(BATCHES));
    gcs = FakeGcs.start();
    gcs.bucket("out");
    azure = Azurite.start();
    azure.client().createBlobContainer("out");
    try (var ledger = JetStreamLedger.connect(nats.owner(), JetStreamSettings.DEFAULT)) {
      ledger.jobs();
    }
    // So much that files go in parts.
    job = EndedJob.of("J", BATCHES, 50_000, nats, s3);
  }

  @AfterAll
  static void stop() {
    nats.close();
    s3.close();
    gcs.close();
    azure.close();
  }

  private static Map<String, String> env() {
    var env = new HashMap<>(s3.env());
    env.putAll(gcs.env());
    env.putAll(azure.env());
    env.put(WorkerVariable.VOLUMES, volume.toString());
    return env;
  }

  private Process collector(String output, int attempt) throws IOException {
    return job.collector(job.into(output, List.of()), attempt, nats, env(), folder.resolve("log"));
  }

  private CollectEnd collect(String output) throws Exception {
    var attempt = attempts++;
    var process = collector(output, attempt);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(ExitCode.DONE.code());
    try (var ledger = JetStreamLedger.connect(nats.owner(), JetStreamSettings.DEFAULT)) {
      return CollectEnd.read(Objects.requireNonNull(ledger.splits().collected("J", attempt)));
    }
  }

  private static Map<String, String> digests(String output) {
    var digests = new TreeMap<String, String>();
    try (var stores = Stores.ofPod(env())) {
      var store = stores.of(output);
      store.list(
          output,
          file ->
              digests.put(file.url().substring(output.length()), Sha256.hex(bytes(store, file))));
    }
    return digests;
  }

  private static byte[] bytes(Store store, StoredFile file) {
    try (var in = store.open(file, 0, file.size())) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void itIsTheSameBytesEverywhereWhereverItsCollectorsWereKilled() throws Exception {
    var started = System.nanoTime();
    var quiet = collect("s3://out/quiet/");
    var millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
    assertThat(quiet.error()).isNull();
    var files = digests("s3://out/quiet/");
    assertThat(files).containsOnlyKeys("errors.jsonl", "manifest.json", "results-00000.jsonl");

    var random = new Random(5);
    var interrupted = 0;
    for (var root : List.of("gs://out/", "az://out/", volume + "/")) {
      var output = root + "a b/monday/";
      for (var i = 0; i < KILLS; i++) {
        var victim = collector(output, attempts++);
        if (!victim.waitFor(millis / 10 + random.nextLong(millis), TimeUnit.MILLISECONDS)) {
          interrupted++;
        }
        victim.destroyForcibly().waitFor();
      }
      var end = collect(output);
      assertThat(end.manifest()).as(root).isEqualTo(quiet.manifest());
      assertThat(digests(output)).as(root).isEqualTo(files);
    }
    assertThat(interrupted).isPositive();
  }
}
