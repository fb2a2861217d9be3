package dev.batchapi.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.contract.LossPolicy;
import dev.batchapi.contract.LossPolicy.Loss;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LostWorkersTest {
  private final LostWorkers workers = new LostWorkers();

  private Optional<Duration> lost(int slot, Loss loss, int progress) {
    var pause = workers.lost(slot, loss, progress);
    workers.starting(slot, progress);
    return pause;
  }

  @Test
  void threeConstructionsInARowOfTheOnlyWorkerAreTheBound() {
    workers.starting(0, 0);

    assertThat(lost(0, Loss.CONSTRUCTION, 0)).contains(Duration.ZERO);
    assertThat(lost(0, Loss.CONSTRUCTION, 0)).contains(Duration.ofSeconds(1));
    assertThat(lost(0, Loss.CONSTRUCTION, 0)).isEmpty();
  }

  @Test
  void itIsRoundsThatFailAJobAndNotHeads() {
    for (var slot = 0; slot < 10; slot++) {
      workers.starting(slot, 0);
    }
    for (var round = 1; round < LossPolicy.ROUNDS_OF_CONSTRUCTION; round++) {
      for (var slot = 0; slot < 10; slot++) {
        assertThat(lost(slot, Loss.CONSTRUCTION, 0)).isPresent();
      }
    }
    for (var slot = 0; slot < 9; slot++) {
      assertThat(lost(slot, Loss.CONSTRUCTION, 0)).isPresent();
    }
    assertThat(lost(9, Loss.CONSTRUCTION, 0)).isEmpty();
  }

  @Test
  void someThatCannotBeConstructedEndNoJobInWhichOthersAreReady() {
    workers.starting(0, 0);
    workers.ready(0);
    workers.starting(1, 0);
    for (var i = 0; i < 20; i++) {
      assertThat(lost(1, Loss.CONSTRUCTION, 0)).isPresent();
    }

    assertThat(workers.lost(0, Loss.RUNNING, 0)).isPresent();
  }

  @Test
  void progressStartsTheCountAnew() {
    workers.starting(0, 0);
    for (var done = 1; done < 50; done++) {
      assertThat(lost(0, Loss.RUNNING, done)).contains(Duration.ZERO);
    }
    for (var i = 1; i < LossPolicy.ROUNDS; i++) {
      assertThat(lost(0, Loss.RUNNING, 49)).isPresent();
    }
    assertThat(lost(0, Loss.RUNNING, 49)).isEmpty();
  }
}
