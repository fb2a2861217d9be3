package dev.batchapi.operator.job.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class StatusWriterTest {
  @Test
  void noDelayIsBelowZero() {
    assertThat(StatusWriter.atOnceOrLater(Duration.ofSeconds(-5))).isPositive();
    assertThat(StatusWriter.atOnceOrLater(Duration.ZERO)).isPositive();
    assertThat(StatusWriter.atOnceOrLater(Duration.ofSeconds(5))).isEqualTo(Duration.ofSeconds(5));
  }
}
