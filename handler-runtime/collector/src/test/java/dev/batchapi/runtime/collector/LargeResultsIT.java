package dev.batchapi.runtime.collector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.contract.ExitCode;
import dev.batchapi.data.collect.BatchResults;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.data.s3.VersityGw;
import dev.batchapi.data.store.Stores;
import dev.batchapi.queue.StoredResult;
import dev.batchapi.queue.jetstream.JetStreamLedger;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.NatsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results of 64 MiB, and a collector whose heap has 56 MiB. */
class LargeResultsIT {
  private static final int BATCHES = 40;
  private static final int LIMIT = StoredResult.MAX_BYTES;

  @TempDir private Path folder;

  @Test
  void resultsThatAreLargerThanItsMemoryBecomeLinesAndTheirObjectsGo() throws Exception {
    try (var nats = NatsServer.start();
        var store = VersityGw.start();
        var stores = Stores.of(store.env(), folder)) {
      store.bucket("data");
      store.bucket("out");
      store.put("data", "in/items.jsonl", EndedJob.items(BATCHES));
      try (var ledger = JetStreamLedger.connect(nats.owner(), JetStreamSettings.DEFAULT)) {
        ledger.jobs();
      }
      var output = "s3://out/large/";
      var results = new BatchResults(output, stores);
      var stored = new HashMap<Integer, StoredResult>();
      // One text that is as large as a result may be, and a list of four, one for each item.
      stored.put(0, store(results, 0, out -> text(out, LIMIT)));
      stored.put(
          19,
          store(
              results,
              19,
              out -> {
                out.write("[".getBytes(UTF_8));
                for (var i = 0; i < 3; i++) {
                  text(out, 20_000_000);
                  out.write(",\n".getBytes(UTF_8));
                }
                out.write("{}]".getBytes(UTF_8));
              }));
      store(results, 7, out -> out.write("[1]".getBytes(UTF_8))); // of an attempt that was lost
      var job = EndedJob.of("J", BATCHES, 10, stored, nats, store);
      var log = folder.resolve("log");

      var collector = job.collector(job.into(output), 0, nats, store.env(), log);

      assertThat(collector.waitFor(180, TimeUnit.SECONDS)).isTrue();
      assertThat(collector.exitValue()).as(Files.readString(log)).isEqualTo(ExitCode.DONE.code());
      var files = new TreeMap<String, Long>();
      var s3 = stores.of(output);
      s3.list(output, file -> files.put(file.url().substring(output.length()), file.size()));
      assertThat(files).containsOnlyKeys("errors.jsonl", "manifest.json", "results-00000.jsonl");
      var manifest = Manifest.read(read(stores, output + "manifest.json"));
      assertThat(manifest.batches().notDone()).isEqualTo(BATCHES / 19 + 1 - stored.size());
      assertThat(files.get("results-00000.jsonl"))
          .isGreaterThan(LIMIT + 60_000_000L)
          .isEqualTo(manifest.files().getFirst().bytes());
      // 4 lines of batch 19, one of batch 0, whose text is no list.
      var plain = (BATCHES - 3 - 2) * EndedJob.BATCH_SIZE;
      assertThat(manifest.files().getFirst().lines()).isEqualTo(plain + 5);
    }
  }

  private static StoredResult store(BatchResults to, int index, BatchResults.Content content)
      throws IOException {
    var name = StoredResult.newName(index);
    var size = new long[1];
    content.to(
        new OutputStream() {
          @Override
          public void write(int b) {
            size[0]++;
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            size[0] += length;
          }
        });
    return new StoredResult(name, size[0], to.write(name, content));
  }

  private static void text(OutputStream out, int bytes) throws IOException {
    out.write('"');
    var piece = "x".repeat(1 << 16).getBytes(UTF_8);
    for (var left = bytes - 2; left > 0; left -= piece.length) {
      out.write(piece, 0, Math.min(left, piece.length));
    }
    out.write('"');
  }

  private static byte[] read(Stores stores, String url) throws IOException {
    var store = stores.of(url);
    var file = Objects.requireNonNull(store.find(url));
    try (var in = store.open(file, 0, file.size())) {
      return in.readAllBytes();
    }
  }
}
