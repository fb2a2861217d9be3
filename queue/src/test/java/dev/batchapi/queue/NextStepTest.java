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

  /** 10,000 batches whose every attempt fails cost 30 attempts and not 10,000 first ones. */
  @Test
  void aJobInWhichNothingSucceedsStopsBeforeEveryBatchHasHadItsFirstAttempt() {
    assertThat(fruitless(0, 29, 0, 3)).isInstanceOf(KeepGoing.class);
    assertThat(verdict(fruitless(0, 30, 0, 3))).isEqualTo(Verdict.TooManyFailures);
    assertThat(((Finish) fruitless(0, 30, 0, 3)).message())
        .contains("10000 batches", "30 attempts", "maxFailedBatches");
  }

  @Test
  void neverBeforeTheBatchesTooManyCouldHaveHadAllTheirAttempts() {
    assertThat(fruitless(0, 302, 100, 3)).isInstanceOf(KeepGoing.class);
    assertThat(verdict(fruitless(0, 303, 100, 3))).isEqualTo(Verdict.TooManyFailures);
    assertThat(fruitless(0, 99, 0, 100)).isInstanceOf(KeepGoing.class);
    assertThat(fruitless(0, 1_000_000, Integer.MAX_VALUE, 100)).isInstanceOf(KeepGoing.class);
  }

  @Test
  void oneSuccessOrNoLimitLetsTheJobRunOn() {
    assertThat(fruitless(1, 5_000, 0, 3)).isInstanceOf(KeepGoing.class);
    assertThat(fruitless(0, 5_000, null, 3)).isInstanceOf(KeepGoing.class);
  }

  private static NextStep fruitless(
      int succeeded, int failedAttempts, @Nullable Integer limit, int maxAttempts) {
    var counts = new Counts(succeeded, 0, failedAttempts, 0, Optional.empty(), Optional.empty());
    return NextStep.of(counts, ItemCounts.of(counts, 10_000, 1), 10_000, limit, null, maxAttempts);
  }

  private static NextStep step(
      int succeeded, int failed, @Nullable Integer limit, Outcome.@Nullable Kind completion) {
    var counts =
        new Counts(succeeded, failed, 0, 0, Optional.ofNullable(completion), Optional.empty());
    return NextStep.of(counts, ItemCounts.of(counts, 5, 1), 5, limit, null, 3);
  }

  private static Verdict verdict(NextStep step) {
    return ((Finish) step).verdict();
  }
}
