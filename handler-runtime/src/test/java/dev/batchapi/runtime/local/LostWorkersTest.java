package dev.batchapi.runtime.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LostWorkersTest {
  private final LostWorkers lost = new LostWorkers();

  @Test
  void threeWithoutAnyOutcomeAreTheBound() {
    assertThat(lost.another(0)).isPresent();
    assertThat(lost.another(0)).isPresent();
    assertThat(lost.another(0)).isEmpty();
  }

  @Test
  void progressStartsTheCountAnew() {
    for (var done = 1; done < 50; done++) {
      assertThat(lost.another(done)).isPresent();
    }
    for (var i = 1; i < LostWorkers.BOUND - 1; i++) {
      assertThat(lost.another(49)).isPresent();
    }
    assertThat(lost.another(49)).isEmpty();
  }

  @Test
  void thePauseGrows() {
    assertThat(lost.another(1).orElseThrow()).isLessThan(lost.another(1).orElseThrow());
  }
}
