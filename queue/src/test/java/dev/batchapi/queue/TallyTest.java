package dev.batchapi.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.queue.Outcome.Kind;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TallyTest {
  private final Tally tally = new Tally(5000);

  @Test
  void batchesThatTheJobDoesNotHaveAreNotCounted() {
    assertThat(tally.outcome(5000, Kind.SUCCEEDED, 0)).isFalse();
    assertThat(tally.outcome(Integer.MAX_VALUE, Kind.FAILED, 3)).isFalse();
    assertThat(tally.tried(Integer.MAX_VALUE - 1, 3, 3)).isFalse();
    assertThat(tally.tried(-7, 3, 3)).isFalse();
    assertThat(tally.counts()).isEqualTo(Counts.NONE);
  }

  @Test
  void failuresAndLossesOfABatchDoNotMix() {
    tally.tried(4999, 1000, 15);
    tally.tried(4998, 1, 1);
    tally.outcome(4999, Kind.FAILED, 1000);
    tally.outcome(4997, Kind.SUCCEEDED, 2);
    assertThat(tally.counts())
        .isEqualTo(
            new Counts(
                1,
                1,
                1003,
                16,
                0,
                0,
                Optional.of(Kind.FAILED),
                Optional.empty(),
                Optional.empty()));
    assertThat(tally.failed(10)).containsExactly(4999);
    assertThat(tally.isDone(4998)).isFalse();
    assertThat(tally.isDone(4997)).isTrue();
  }

  @Test
  void numbersThatNoBatchCanHaveEndAtABound() {
    tally.tried(0, Integer.MAX_VALUE, Integer.MAX_VALUE);
    tally.tried(0, Integer.MAX_VALUE, Integer.MAX_VALUE);
    assertThat(tally.counts())
        .isEqualTo(new Counts(0, 0, 1000, 15, Optional.empty(), Optional.empty()));
  }

  @Test
  void aJobThatGrowsKeepsWhatIsKnown() {
    var small = new Tally(3);
    small.outcome(2, Kind.FAILED, 1);
    small.grow(4100);
    small.grow(10);
    small.outcome(3, Kind.SUCCEEDED, 0);
    small.outcome(4099, Kind.FAILED, 0);
    assertThat(small.failed(10)).containsExactly(2, 4099);
    assertThat(small.nextMissing(2)).isEqualTo(4);
    assertThat(small.total()).isEqualTo(4100);
  }
}
