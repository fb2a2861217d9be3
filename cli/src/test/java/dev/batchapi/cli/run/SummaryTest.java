package dev.batchapi.cli.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.handler.JobSummary;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.ItemCounts;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.Summary;
import dev.batchapi.queue.memory.MemoryQueue;
import dev.batchapi.runtime.protocol.Complete;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a job's owner writes for {@code on_job_complete} is what the host reads. */
class SummaryTest {

  @Test
  void theHostReadsWhatTheOwnerWrites() throws Exception {
    try (var queue = new MemoryQueue()) {
      queue.enqueue("id", Batches.of(3, index -> "[1]".getBytes(UTF_8)));
      var error = new BatchError(BatchError.Reason.HandlerFailed, "bad", "E", "");
      queue.worker("id").lease(Duration.ZERO).orElseThrow().commit(Outcome.failed(2, error));
      queue
          .worker("id")
          .lease(Duration.ZERO)
          .orElseThrow()
          .commit(Outcome.succeeded(1, "1".getBytes(UTF_8)));

      var counts = queue.counts("id");
      var body = Summary.of("id", 3, counts, ItemCounts.of(counts, 6, 2), queue, null);

      assertThat(Complete.decode(body).summary())
          .isEqualTo(
              new JobSummary(
                  3,
                  1,
                  1,
                  counts.failedAttempts(),
                  List.of("id-0"),
                  Optional.empty(),
                  new JobSummary.Items(6, 2, 2)));
      assertThat(new Complete(Complete.decode(body).summary()).encode()).isEqualTo(body);
    }
  }
}
