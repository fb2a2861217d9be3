package dev.batchapi.runtime.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.data.collect.CollectArguments.Include;
import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.s3.VersityGw;
import dev.batchapi.data.split.Chunk;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.jetstream.JetStreamLedger;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.NatsServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The most memory that splitter, collector and worker have resident, over many files and over a
 * large one, in a real store and with a real queue. {@code make bench-data-memory}.
 */
final class DataMemoryBenchmark {
  private static final int FILES = Integer.getInteger("files", 100_000);
  private static final int MEBIBYTES = Integer.getInteger("mib", 5 * 1024);
  private static final int WORKED = Integer.getInteger("batches", 200);

  /** Of 1 KiB each: a batch is a little less than it may be. */
  private static final int BATCH = 900;

  private static final byte[] LINE =
      ("{\"id\": 1, \"text\": \"" + "x".repeat(1024 - 24) + "\"}\n").getBytes(UTF_8);

  private static final FilesSpec LARGE = FilesSpec.of(List.of("s3://data/large.jsonl"));

  private final NatsServer nats;
  private final VersityGw store;
  private final JetStreamLedger owner;
  private final Path folder;

  private DataMemoryBenchmark(
      NatsServer nats, VersityGw store, JetStreamLedger owner, Path folder) {
    this.nats = nats;
    this.store = store;
    this.owner = owner;
    this.folder = folder;
  }

  public static void main(String[] arguments) throws Exception {
    var folder = Files.createTempDirectory("data-memory");
    try (var nats = NatsServer.start();
        var store = VersityGw.start();
        var owner = JetStreamLedger.connect(nats.owner(), JetStreamSettings.DEFAULT)) {
      owner.jobs();
      store.bucket("data");
      store.bucket("out");
      var benchmark = new DataMemoryBenchmark(nats, store, owner, folder);
      System.out.println("| | splitter, MiB | s | collector, MiB | s |");
      System.out.println("|---|---|---|---|---|");
      benchmark.many();
      benchmark.large();
      System.out.println();
      System.out.println("| %d batches of %d KiB | worker, MiB |".formatted(WORKED, BATCH));
      System.out.println("|---|---|");
      benchmark.workers();
    } finally {
      WorkerProcess.delete(folder);
    }
  }

  private void many() throws Exception {
    for (var i = 0; i < FILES; i++) {
      store.lay(
          "data",
          "many/folder-%03d/file-%06d.jsonl".formatted(i / 1000, i),
          ("{\"id\": " + i + "}\n").getBytes(UTF_8));
    }
    var job = new DataJob("many", List.of("s3://data/many/"), 10, nats, store, folder);
    measure("%,d files of one line, with items".formatted(FILES), job, List.of(Include.ITEM));
  }

  private void large() throws Exception {
    store.lay("data", "large.jsonl", LINE, MEBIBYTES * 1024);
    var job = new DataJob("large", LARGE.paths(), BATCH, nats, store, folder);
    measure("a file of %,d MiB".formatted(MEBIBYTES), job, List.of());
  }

  private void measure(String name, DataJob job, List<Include> include) throws Exception {
    var split = job.split();
    if (split.exitCode() != 0 || job.input(owner).error() != null) {
      throw new IOException("the splitter failed:\n" + split.log());
    }
    job.work(owner);
    var collected = job.collect(owner, include);
    if (collected.exitCode() != 0 || job.output(owner).error() != null) {
      throw new IOException("the collector failed:\n" + collected.log());
    }
    System.out.printf(
        "| %s | %.0f | %.0f | %.0f | %.0f |%n",
        name,
        split.peak(),
        split.took().toMillis() / 1e3,
        collected.peak(),
        collected.took().toMillis() / 1e3);
  }

  /** The same batches, once from the queue and once from the store. */
  private void workers() throws Exception {
    var item = new String(LINE, UTF_8).strip();
    var payload = ("[" + item + ("," + item).repeat(BATCH - 1) + "]").getBytes(UTF_8);
    System.out.printf("| carried by the queue | %.0f |%n", worker("carried", payload));
    System.out.printf("| read from the store | %.0f |%n", worker("stored", null));
  }

  private double worker(String uid, byte @Nullable [] payload) throws Exception {
    var chunk = new Chunk(Objects.requireNonNull(owner.splits().read("large", 0, "0")));
    var batches = Math.min(WORKED, chunk.batches());
    owner.enqueue(uid, Batches.of(batches, i -> payload == null ? chunk.batch(i) : payload));
    var run = run(uid, batches);
    var code = Files.createDirectory(folder.resolve(uid));
    Files.writeString(
        code.resolve("handler.py"),
        "class Handler:\n    def handle_batch(self, payload):\n        return len(payload)\n");
    var env =
        store.env().entrySet().stream()
            .flatMap(variable -> Stream.of(variable.getKey(), variable.getValue()))
            .toArray(String[]::new);
    try (var pod =
        WorkerProcess.start(
            nats.worker(uid),
            (payload == null ? run.withFiles(new JsonMapper().valueToTree(LARGE)) : run).toJson(),
            code,
            env)) {
      while (owner.counts(uid).done() < batches) {
        if (!pod.worker().isAlive()) {
          throw new IOException("the worker ended:\n" + pod.log());
        }
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      }
      return DataProgram.peak(pod.worker());
    }
  }

  private static RunSpec run(String uid, int batches) {
    return new RunSpec(
        new RunSpec.Job(uid, "bench", "default", "api", 1, Instant.now().toString()),
        new RunSpec.Handler(
            RunSpec.Language.PYTHON,
            "handler.py",
            true,
            "Handler",
            List.of(),
            RunSpec.Results.BATCH,
            1),
        JsonNodeFactory.instance.objectNode(),
        BATCH,
        batches * BATCH,
        batches,
        new RunSpec.Retry(1, 0, 1),
        new RunSpec.Timeouts(null, null, null),
        null,
        new RunSpec.Metrics(null, null, Map.of()));
  }
}
