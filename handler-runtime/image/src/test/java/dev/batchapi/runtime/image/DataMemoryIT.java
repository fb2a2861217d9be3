package dev.batchapi.runtime.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.data.collect.CollectArguments.Include;
import dev.batchapi.data.s3.VersityGw;
import dev.batchapi.queue.jetstream.JetStreamLedger;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.NatsServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@link DataMemoryBenchmark}. */
class DataMemoryIT {
  private static final int FILES = 3_000;
  private static final int MEBIBYTES = 128;

  /** The most that the heap may be and what a JVM with a store's library takes besides. */
  private static final double BOUND = 64 + 112;

  @TempDir private Path folder;

  @Test
  void splitterAndCollectorHoldALimitThatIsNotTheInputs() throws Exception {
    try (var nats = NatsServer.start();
        var store = VersityGw.start();
        var owner = JetStreamLedger.connect(nats.owner(), JetStreamSettings.DEFAULT)) {
      owner.jobs();
      store.bucket("data");
      store.bucket("out");
      for (var i = 0; i < FILES; i++) {
        store.lay(
            "data", "many/%06d.jsonl".formatted(i), ("{\"id\": " + i + "}\n").getBytes(UTF_8));
      }
      var line = ("\"" + "x".repeat(1021) + "\"\n").getBytes(UTF_8);
      store.lay("data", "many/large.jsonl", line, MEBIBYTES * 1024);
      var job = new DataJob("J", List.of("s3://data/many/"), 900, nats, store, folder);

      var split = job.split();

      assertThat(split.exitCode()).as(split.log()).isZero();
      assertThat(job.input(owner).items()).isEqualTo(FILES + MEBIBYTES * 1024);
      assertThat(split.peak()).isBetween(1.0, BOUND);

      job.work(owner);
      var collected = job.collect(owner, List.of(Include.ITEM));

      assertThat(collected.exitCode()).as(collected.log()).isZero();
      assertThat(job.output(owner).lines()).isEqualTo(FILES + MEBIBYTES * 1024);
      assertThat(collected.peak()).isBetween(1.0, BOUND);
    }
  }
}
