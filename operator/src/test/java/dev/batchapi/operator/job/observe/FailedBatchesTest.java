package dev.batchapi.operator.job.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.BatchJobStatus.Failure;
import dev.batchapi.data.input.Sources;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.memory.MemoryQueue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class FailedBatchesTest {
  @Test
  void aMessageIsCutAtOneKibibyteBetweenTwoCharacters() {
    var cut = FailedBatches.shortened("x" + "💥".repeat(400));

    assertThat(cut.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(1024);
    assertThat(cut).endsWith("💥…").startsWith("x💥");
  }

  @Test
  void aShortOneStaysAsItIs() {
    assertThat(FailedBatches.shortened("ä".repeat(512))).isEqualTo("ä".repeat(512));
  }

  @Test
  void itemsThatFailedAloneHaveTheirNumbers() throws InterruptedException {
    assertThat(failures(1))
        .containsExactly(new Failure(1, 4, null, 1, null, "HandlerFailed", "no"));
  }

  /** The API server refuses a status with a number below 0, and the job would never end. */
  @Test
  void anItemThatTheBatchDoesNotHaveHasNoNumber() throws InterruptedException {
    for (var forged : List.of(2, Integer.MAX_VALUE)) {
      assertThat(failures(forged))
          .containsExactly(new Failure(1, 1, "HandlerFailed", "its record can't be read"));
    }
  }

  /** Nor with a time that is none. */
  @Test
  void howLongItRanIsSaidIfItCanBe() throws InterruptedException {
    assertThat(failures(1, 0.25).getFirst().seconds()).isEqualTo(0.25);
    for (var forged : List.of(-1.0, Double.NaN, Double.POSITIVE_INFINITY, 1e300)) {
      assertThat(failures(1, forged).getFirst().seconds()).isNull();
    }
  }

  private static List<Failure> failures(int item) throws InterruptedException {
    return failures(item, null);
  }

  private static List<Failure> failures(int item, @Nullable Double seconds)
      throws InterruptedException {
    var error = new BatchError(BatchError.Reason.HandlerFailed, "no", null, null, seconds);
    try (var ledger = new MemoryQueue()) {
      ledger.enqueue("j", Batches.of(2, index -> "[1]".getBytes(StandardCharsets.UTF_8)));
      var worker = ledger.worker("j");
      for (var left = 2; left > 0; left--) {
        var lease = worker.lease(Duration.ofSeconds(1)).orElseThrow();
        lease.commit(
            lease.index() == 0
                ? Outcome.succeeded(1, new byte[0])
                : Outcome.partial(
                    1,
                    new ItemOutcomes(
                        Collections.nCopies(2, "null"),
                        List.of(new ItemOutcomes.ItemError(item, 1, error)))));
      }
      return new FailedBatches().first(ledger, "j", false, 3, 5, Sources.NONE);
    }
  }
}
