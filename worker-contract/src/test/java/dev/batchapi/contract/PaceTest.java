package dev.batchapi.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {
  // A clock of nanoseconds may wrap.
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1);
  private final Pace pace = new Pace(Duration.ofNanos(10), clock::get);

  @Test
  void itIsDueOnceInEachIntervalFromTheLastTimeOn() {
    assertThat(pace.isDue()).isFalse();
    clock.addAndGet(9);
    assertThat(pace.isDue()).isFalse();
    clock.addAndGet(6);
    assertThat(pace.isDue()).isTrue();
    assertThat(pace.isDue()).isFalse();
    clock.addAndGet(9);
    assertThat(pace.isDue()).isFalse();
    clock.addAndGet(1);
    assertThat(pace.isDue()).isTrue();
  }
}
