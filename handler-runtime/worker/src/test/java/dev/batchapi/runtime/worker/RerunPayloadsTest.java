package dev.batchapi.runtime.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.data.files.BatchRef;
import dev.batchapi.data.files.RerunBatch;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.memory.MemoryQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RerunPayloadsTest {
  private final MemoryQueue queue = new MemoryQueue();

  private Lease lease(int bytes) throws InterruptedException {
    var pieces = new ArrayList<RerunBatch.Piece>();
    for (var number = 3; number < 6; number++) {
      var item = ("[\"" + "x".repeat(bytes) + "\"]").getBytes(UTF_8);
      pieces.addAll(RerunBatch.of(new BatchRef(List.of(), item), number, 1).pieces());
    }
    queue.enqueue("j", Batches.of(1, index -> new RerunBatch(pieces).toJson()));
    return queue.worker("j").lease(Duration.ofSeconds(1)).orElseThrow();
  }

  @Test
  void itemsHaveTheirNumbers() throws InterruptedException {
    var fetched = (Fetched.Payload) new RerunPayloads().of(lease(1));

    assertThat(new String(fetched.json(), UTF_8)).isEqualTo("[\"x\",\"x\",\"x\"]");
    assertThat(fetched.numbers()).containsExactly(3, 4, 5);
  }

  /** No host takes it, and another try changes nothing. */
  @Test
  void itemsThatAreTooLargeTogetherAreNoPayload() throws InterruptedException {
    var fetched = (Fetched.Invalid) new RerunPayloads().of(lease(400 * 1024));

    assertThat(fetched.message()).contains("overrides.batchSize");
  }
}
