package dev.batchapi.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.queue.BatchError.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttemptLogTest {
  private static final BatchError ERROR = BatchError.of(Reason.HandlerFailed, "x");

  @Test
  void aFirstDeliveryKnowsNothing() {
    assertThat(AttemptLog.EMPTY.seenAt(7, 1)).isSameAs(AttemptLog.EMPTY);
  }

  @Test
  void deliveriesWithoutAVerdictAreLosses() {
    var log = AttemptLog.EMPTY.seenAt(7, 4);
    assertThat(log.attempts()).isEqualTo(new Attempts(0, 3, 0, List.of()));
    assertThat(log.seenAt(7, 4)).isEqualTo(log);
    assertThat(log.seenAt(7, 5).attempts().losses()).isEqualTo(4);
  }

  @Test
  void aFailureThatWasRecordedIsNoLoss() {
    var log = AttemptLog.EMPTY.failedAt(7, 1, ERROR);
    assertThat(log.seenAt(7, 2).attempts()).isEqualTo(new Attempts(1, 0, 0, List.of(ERROR)));
    assertThat(log.seenAt(7, 3).attempts().losses()).isEqualTo(1);
  }

  @Test
  void aReleaseIsNoLoss() {
    var log = AttemptLog.EMPTY.releasedAt(7, 1);
    assertThat(log.seenAt(7, 2).attempts()).isEqualTo(new Attempts(0, 0, 1, List.of()));
    assertThat(log.releasedAt(7, 1)).isEqualTo(log);
  }

  @Test
  void aVerdictThatComesTooLateOrTwiceChangesNothing() {
    var log = AttemptLog.EMPTY.seenAt(7, 3);
    assertThat(log.failedAt(7, 1, ERROR)).isEqualTo(log);
    assertThat(log.failedAt(7, 2, ERROR)).isEqualTo(log);
    var failed = log.failedAt(7, 3, ERROR);
    assertThat(failed.failedAt(7, 3, ERROR)).isEqualTo(failed);
    assertThat(failed.releasedAt(7, 3)).isEqualTo(failed);
  }

  @Test
  void aBatchThatWasEnqueuedAnewIsCountedFromOneAgain() {
    var log = AttemptLog.EMPTY.failedAt(7, 5, ERROR);
    assertThat(log.attempts().losses()).isEqualTo(4);
    var again = log.failedAt(8, 1, ERROR);
    assertThat(again.attempts().failures()).isEqualTo(2);
    assertThat(again.attempts().losses()).isEqualTo(4);
    assertThat(again.seenAt(7, 9)).as("a holder of the lost message").isEqualTo(again);
    assertThat(again.failedAt(7, 9, ERROR)).isEqualTo(again);
  }

  @Test
  void onlyTheLatestErrorsAreKept() {
    var log = AttemptLog.EMPTY;
    for (var i = 1; i <= 5; i++) {
      log = log.failedAt(7, i, BatchError.of(Reason.HandlerFailed, "e" + i));
    }
    assertThat(log.attempts().errors())
        .extracting(BatchError::message)
        .containsExactly("e3", "e4", "e5");
  }
}
