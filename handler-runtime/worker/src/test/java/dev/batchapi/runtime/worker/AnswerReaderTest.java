package dev.batchapi.runtime.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.queue.BatchError;
import dev.batchapi.runtime.protocol.Frame;
import dev.batchapi.runtime.protocol.FrameType;
import dev.batchapi.runtime.protocol.HandlerError;
import dev.batchapi.runtime.protocol.HandlerError.Reason;
import dev.batchapi.runtime.protocol.Items;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AnswerReaderTest {
  private final AnswerReader reader = new AnswerReader(1000);

  @Test
  void whatGoesOnInSpiteOfTheDeadlineTimedOut() throws IOException {
    var late = new HandlerError(Reason.WorkerBroken, "TimedOut", "too long", "");
    var broken = new HandlerError(Reason.WorkerBroken, "WorkerBroken", "no CUDA device", "");
    var items = new Items(new TreeMap<>(Map.of(0, late, 1, broken)), "[null,null]".getBytes(UTF_8));

    var frame = new Frame(FrameType.ITEMS, items.encode(1000, 1000));
    assertThat(reader.read(frame, null))
        .isInstanceOfSatisfying(
            Answer.Items.class,
            answer -> {
              assertThat(answer.errors().values())
                  .extracting(BatchError::reason)
                  .containsExactly(
                      BatchError.Reason.BatchTimedOut, BatchError.Reason.HandlerFailed);
              assertThat(answer.breakage()).isPresent();
            });
    assertThat(reader.read(new Frame(FrameType.FAILED, late.encode()), null))
        .isInstanceOfSatisfying(
            Answer.Broke.class,
            answer ->
                assertThat(answer.error().reason()).isEqualTo(BatchError.Reason.BatchTimedOut));
  }
}
