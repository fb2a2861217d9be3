package dev.batchapi.runtime.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.runtime.worker.ProcessHealth.Place;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProcessHealthTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private final ProcessHealth health = fresh(Duration.ZERO);

  @Test
  void aRetryIsLeftToAnotherWorkerAndThenToAFreshProcess() {
    health.failed(7, true);
    assertThat(place(7)).isEqualTo(new Place.Elsewhere(Duration.ofMillis(200)));
    assertThat(health.why()).isEmpty();
    assertThat(place(7)).isEqualTo(new Place.Fresh());
    assertThat(health.why()).contains("a batch that failed in it is tried again");
    health.started(Duration.ZERO, 0);
    assertThat(place(7)).isEqualTo(new Place.Here());
  }

  @Test
  void aBatchThatFailedElsewhereIsTakenAndSoIsOneThatFailedForGood() {
    health.failed(7, false);
    assertThat(place(8)).isEqualTo(new Place.Here());
    assertThat(place(7)).isEqualTo(new Place.Here());
  }

  @Test
  void aCostlyConstructionIsNotRepeatedForEachRetryWhileThereIsOtherWork() {
    var costly = fresh(MINUTE);
    costly.failed(7, true);
    for (var round = 0; round < 5; round++) {
      assertThat(costly.placeFor(7, false, 0))
          .isEqualTo(new Place.Elsewhere(Duration.ofSeconds(5)));
      assertThat(costly.placeFor(100 + round, false, 0)).isEqualTo(new Place.Here());
      costly.succeeded();
    }
    var worthIt = MINUTE.multipliedBy(10).toNanos();
    assertThat(costly.placeFor(7, false, worthIt)).isEqualTo(new Place.Fresh());
  }

  @Test
  void aCostlyConstructionIsRepeatedWhenThereIsNothingElseToDo() {
    var costly = fresh(MINUTE);
    costly.failed(7, true);
    costly.failed(8, true);
    assertThat(costly.placeFor(7, false, 0)).isInstanceOf(Place.Elsewhere.class);
    assertThat(costly.placeFor(8, false, 0)).isEqualTo(new Place.Fresh());
  }

  @Test
  void aProcessThatFailsThreeBatchesInARowIsReplaced() {
    health.failed(1, true);
    health.failed(2, true);
    health.succeeded();
    health.failed(3, true);
    health.failed(4, true);
    assertThat(health.why()).isEmpty();
    health.failed(5, true);
    assertThat(health.why()).contains("it failed 3 batches in a row");
  }

  @Test
  void aLastAttemptIsNotMadeWhereTheBatchBeforeFailed() {
    assertThat(health.placeFor(9, true, 0)).isEqualTo(new Place.Here());
    health.failed(1, true);
    assertThat(health.placeFor(9, true, 0)).isEqualTo(new Place.Fresh());
    assertThat(health.why()).isPresent();
  }

  @Test
  void whereEveryBatchFailsProcessesAreNotReplacedForEachOfThem() {
    assertThat(replacements(10_000, false)).isBetween(10, 150);
    assertThat(replacements(10_000, true)).isBetween(10, 350);
    assertThat(replacements(60, true)).isLessThan(12);
  }

  /** How often a process is replaced while each of so many batches fails. */
  private static int replacements(int batches, boolean last) {
    var health = fresh(Duration.ZERO);
    var replacements = 0;
    for (var index = 0; index < batches; index++) {
      if (health.why().isPresent() || health.placeFor(index, last, 0) instanceof Place.Fresh) {
        replacements++;
        health.started(Duration.ZERO, 0);
      }
      health.failed(index, !last);
    }
    return replacements;
  }

  @Test
  void oneSuccessInAFreshProcessSaysThatTheOldOneWasBroken() {
    IntStream.range(0, 100)
        .forEach(
            index -> {
              if (health.why().isPresent()) {
                health.started(Duration.ZERO, 0);
              }
              health.failed(index, true);
            });
    health.started(Duration.ZERO, 0);
    health.succeeded();
    IntStream.range(200, 203).forEach(index -> health.failed(index, true));
    assertThat(health.why()).isPresent();
  }

  @Test
  void aBrokenProcessIsReplacedAtOnceAndThreeFreshOnesThatBreakTooAreTheEndHere() {
    for (var i = 0; i < 3; i++) {
      health.broke("no CUDA device");
      assertThat(health.why()).contains("it is broken: no CUDA device");
      assertThat(health.isHopelessHere()).isFalse();
      health.started(Duration.ZERO, 0);
    }
    health.broke("no CUDA device");
    assertThat(health.isHopelessHere()).isTrue();
  }

  @Test
  void aProcessThatBreaksNowAndThenIsNotHopeless() {
    for (var i = 0; i < 20; i++) {
      health.succeeded();
      health.broke("out of memory");
      assertThat(health.isHopelessHere()).isFalse();
      health.started(Duration.ZERO, 0);
    }
  }

  private Place place(int index) {
    return health.placeFor(index, false, 0);
  }

  private static ProcessHealth fresh(Duration construction) {
    var health = new ProcessHealth();
    health.started(construction, 0);
    return health;
  }
}
