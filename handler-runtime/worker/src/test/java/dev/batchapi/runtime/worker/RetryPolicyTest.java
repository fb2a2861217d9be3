package dev.batchapi.runtime.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.queue.Attempts;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.BatchError.Reason;
import dev.batchapi.runtime.worker.RetryPolicy.Verdict.Again;
import dev.batchapi.runtime.worker.RetryPolicy.Verdict.GiveUp;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  private static final BatchError THROWN = BatchError.of(Reason.HandlerFailed, "no such label");
  private final RetryPolicy retry =
      new RetryPolicy(3, Duration.ofSeconds(1), Duration.ofSeconds(5), 2);

  @Test
  void theWaitDoublesUpToItsBound() {
    assertThat(List.of(1, 2, 3, 4, 100).stream().map(retry::backoff))
        .containsExactly(
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(4),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5));
  }

  @Test
  void aFailureThatAnotherWorkerHasCountedAsALossWaitsAsOne() {
    assertThat(retry.backoff(0)).isEqualTo(Duration.ofSeconds(1));
    assertThat(retry.afterFailure(new Attempts(0, 1, 0, List.of()), THROWN))
        .isEqualTo(new Again(Duration.ofSeconds(1)));
  }

  @Test
  void theLastAttemptIsKnown() {
    assertThat(retry.isLast(Attempts.NONE.plusFailure(THROWN))).isFalse();
    assertThat(retry.isLast(Attempts.NONE.plusFailure(THROWN).plusFailure(THROWN))).isTrue();
  }

  @Test
  void aBatchIsTriedUntilItHasNoAttemptLeft() {
    var once = Attempts.NONE.plusFailure(THROWN);
    var thrice = once.plusFailure(THROWN).plusFailure(THROWN);
    assertThat(retry.afterFailure(once, THROWN)).isEqualTo(new Again(Duration.ofSeconds(1)));
    assertThat(retry.afterFailure(thrice, THROWN)).isEqualTo(new GiveUp(THROWN));
  }

  @Test
  void whatCanNotSucceedIsNotTriedAgain() {
    for (var reason :
        List.of(
            Reason.FatalError, Reason.ResultInvalid, Reason.InputInvalid, Reason.InputChanged)) {
      var error = BatchError.of(reason, "no");
      assertThat(retry.afterFailure(Attempts.NONE.plusFailure(error), error))
          .isEqualTo(new GiveUp(error));
    }
  }

  @Test
  void aBatchThatLosesItsWorkersIsGivenUp() {
    assertThat(retry.beforeAttempt(new Attempts(0, 1, 0, List.of()))).isEmpty();
    assertThat(retry.beforeAttempt(new Attempts(0, 2, 0, List.of())))
        .get()
        .extracting(BatchError::reason)
        .isEqualTo(Reason.WorkerLost);
  }

  @Test
  void aFailureThatWasRecordedButNotCommittedIsNotTriedAgain() {
    var fatal = BatchError.of(Reason.FatalError, "bad image");
    assertThat(retry.beforeAttempt(Attempts.NONE.plusFailure(fatal))).contains(fatal);
    var thrice = Attempts.NONE.plusFailure(THROWN).plusFailure(THROWN).plusFailure(THROWN);
    assertThat(retry.beforeAttempt(thrice)).contains(THROWN);
    assertThat(retry.beforeAttempt(Attempts.NONE.plusFailure(THROWN))).isEmpty();
  }
}
