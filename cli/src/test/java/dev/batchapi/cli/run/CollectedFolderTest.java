package dev.batchapi.cli.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.contract.Sha256;
import dev.batchapi.data.collect.CollectArguments;
import dev.batchapi.data.collect.CollectArguments.Include;
import dev.batchapi.data.input.JsonLines;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.data.store.Stores;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.RecordedJob;
import dev.batchapi.queue.memory.MemoryQueue;
import dev.batchapi.runtime.collector.Collecting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of the same outcomes a laptop and a cluster make the same files, to the byte. */
class CollectedFolderTest {
  private static final int BATCHES = 30;
  private static final Manifest.Job JOB = new Manifest.Job("team", "j", "id", "api");
  private static final String ITEMS =
      "{\"t\": \"é\\ud83d\", \"n\": 18446744073709551557}\r\n\"x\"\n";

  private static final BatchError ERROR =
      new BatchError(BatchError.Reason.HandlerFailed, "bad \ud83d", "E", "at x");
  private static final ItemOutcomes.ItemError ONE_ITEM = new ItemOutcomes.ItemError(1, 2, ERROR);

  /** More than is taken apart in memory. */
  private static final byte[] LARGE =
      "[\"%s\", {\"n\": 1e400}]".formatted("é".repeat(1 << 20)).getBytes(UTF_8);

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void laptopAndClusterWriteTheSameBytes(boolean withItems) throws Exception {
    var lines = ITEMS.repeat(BATCHES);
    Files.writeString(folder.resolve("items.jsonl"), lines);
    try (var queue = new MemoryQueue();
        var input = JsonLines.of("x", lines.getBytes(UTF_8), 2)) {
      fill(queue, input);
      var laptop = ResultFolder.of(folder.resolve("laptop"), false);
      try (var files = new ResultFiles(laptop)) {
        files.add(
            files.begin(new ResultFiles.Job(JOB.name(), "id", true, withItems), queue, input));
        laptop.publish(
            new Manifest(
                JOB,
                "BatchesFailed",
                "Some failed.",
                Manifest.Items.of(2 * BATCHES, 42, 18),
                new Manifest.Batches(BATCHES, 24, 6, 0),
                List.of()));
      }
      collect(queue, Sha256.hex(lines), withItems ? List.of(Include.ITEM) : List.of());
    }
    assertThat(folder.resolve("laptop/results-00000.jsonl").toFile())
        .content()
        .satisfies(content -> assertThat(content.contains("\"input\":")).isEqualTo(withItems));
    for (var name : List.of("results-00000.jsonl", "errors.jsonl", "manifest.json")) {
      assertThat(folder.resolve("cluster").resolve(name))
          .hasSameBinaryContentAs(folder.resolve("laptop").resolve(name));
    }
  }

  private static void fill(MemoryQueue queue, JsonLines input) throws InterruptedException {
    queue.enqueue("id", Batches.of(input.count(), input::payload));
    for (var i = 0; i < BATCHES; i++) {
      queue.worker("id").lease(Duration.ZERO).orElseThrow().commit(outcome(i));
    }
  }

  private static Outcome outcome(int i) {
    return switch (i % 5) {
      case 0 -> Outcome.succeeded(1, "[ {\"a\": [1, \"]\"]} ,\n null\r\n]".getBytes(UTF_8));
      case 1 -> Outcome.succeeded(2, "{\"no\": \"list\"}".getBytes(UTF_8));
      case 2 -> Outcome.partial(2, new ItemOutcomes(List.of("{ }", "null"), List.of(ONE_ITEM)));
      case 3 -> Outcome.succeeded(1, i < 5 ? LARGE : new byte[0]);
      default -> Outcome.failed(3, ERROR);
    };
  }

  private void collect(MemoryQueue queue, String digest, List<Include> include) {
    var arguments =
        new CollectArguments(
            "cluster/",
            include,
            List.of(),
            JOB,
            "BatchesFailed",
            "Some failed.",
            2 * BATCHES,
            BATCHES,
            2,
            null,
            null,
            digest);
    var recorded =
        new RecordedJob() {
          @Override
          public void read(int batches, Ledger.OutcomeReader taker) {
            queue.outcomes("id", taker::read);
          }

          @Override
          public byte @Nullable [] split(int splitter, String name) {
            return null;
          }

          @Override
          public void progress(byte[] body) {}

          @Override
          public void end(byte[] record) {}
        };
    try (var stores = Stores.of(Map.of(), folder)) {
      var end = new Collecting(arguments, folder.resolve("items.jsonl"), stores, recorded).run();
      assertThat(end.error()).isNull();
    }
  }
}
