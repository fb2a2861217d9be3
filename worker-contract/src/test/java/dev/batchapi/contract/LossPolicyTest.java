package dev.batchapi.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.contract.LossPolicy.Loss;
import dev.batchapi.contract.LossPolicy.Outlook;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LossPolicyTest {

  @Test
  void oneFairChanceIsEnoughToGoOn() {
    var ninetySeven = Collections.nCopies(97, Outlook.FAIR);
    var three = Collections.nCopies(3, Outlook.SPENT);

    assertThat(LossPolicy.isHopeless(three)).isTrue();
    assertThat(
            LossPolicy.isHopeless(
                IntStream.range(0, 100)
                    .mapToObj(i -> i < 97 ? ninetySeven.get(i) : three.get(i - 97))
                    .toList()))
        .isFalse();
  }

  @Test
  void aPlaceWhoseWorkerCannotStartNeitherSavesNorFailsAJob() {
    assertThat(LossPolicy.isHopeless(List.of(Outlook.NONE))).isFalse();
    assertThat(LossPolicy.isHopeless(List.of(Outlook.NONE, Outlook.SPENT))).isTrue();
  }

  @Test
  void threeConstructionsInARowSpendAPlaceAsLongAsNothingHasEverWorked() {
    assertThat(LossPolicy.isSpent(2, true, false)).isFalse();
    assertThat(LossPolicy.isSpent(3, true, false)).isTrue();
    assertThat(LossPolicy.isSpent(3, true, true)).isFalse();
    assertThat(LossPolicy.isSpent(9, false, false)).isFalse();
    assertThat(LossPolicy.isSpent(10, false, true)).isTrue();
  }

  @Test
  void progressStartsTheCountAnewForAWorkerThatRan() {
    assertThat(LossPolicy.inARow(4, Loss.RUNNING, false)).isEqualTo(5);
    assertThat(LossPolicy.inARow(4, Loss.RUNNING, true)).isZero();
  }

  @Test
  void othersProgressSaysNothingForAWorkerThatNeverGotSoFar() {
    assertThat(LossPolicy.inARow(4, Loss.CONSTRUCTION, true)).isEqualTo(5);
    assertThat(LossPolicy.inARow(4, Loss.UNSTARTED, true)).isEqualTo(5);
  }

  @Test
  void thePauseGrowsUpToAMinute() {
    assertThat(IntStream.of(0, 1, 2, 3, 4, 8, 9, 1_000_000).mapToObj(LossPolicy::pause))
        .containsExactly(
            Duration.ZERO,
            Duration.ZERO,
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(4),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60));
  }
}
