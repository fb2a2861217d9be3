package dev.batchapi.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.NextStep.Finish;
import dev.batchapi.queue.NextStep.KeepGoing;
import dev.batchapi.queue.NextStep.RunCompletion;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NextStepTest {

  @Test
  void aJobKeepsGoingUntilEveryBatchHasItsOutcome() {
    assertThat(step(3, 1, null, null)).isInstanceOf(KeepGoing.class);
    assertThat(step(4, 1, null, null)).isInstanceOf(RunCompletion.class);
  }

  @Test
  void theVerdictFollowsFromOutcomesAndCompletion() {
    assertThat(verdict(step(5, 0, null, Outcome.Kind.SUCCEEDED))).isEqualTo(Verdict.Complete);
    assertThat(verdict(step(4, 1, null, Outcome.Kind.SUCCEEDED))).isEqualTo(Verdict.BatchesFailed);
    assertThat(verdict(step(5, 0, null, Outcome.Kind.FAILED)))
        .isEqualTo(Verdict.OnJobCompleteFailed);
  }

  @Test
  void moreFailuresThanAllowedEndTheJobEarly() {
    assertThat(step(0, 1, 1, null)).isInstanceOf(KeepGoing.class);
    assertThat(verdict(step(0, 2, 1, null))).isEqualTo(Verdict.TooManyFailures);
    assertThat(verdict(step(0, 1, 0, null))).isEqualTo(Verdict.TooManyFailures);
  }

  private static NextStep step(
      int succeeded, int failed, @Nullable Integer limit, Outcome.@Nullable Kind completion) {
    var counts =
        new Counts(succeeded, failed, 0, 0, Optional.ofNullable(completion), Optional.empty());
    return NextStep.of(counts, 5, limit);
  }

  private static Verdict verdict(NextStep step) {
    return ((Finish) step).verdict();
  }
}
