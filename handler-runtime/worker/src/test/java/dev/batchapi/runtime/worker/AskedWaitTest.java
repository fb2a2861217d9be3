package dev.batchapi.runtime.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.queue.BatchError;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AskedWaitTest {
  @Test
  void aDayIsTheMostThatMayBeAskedFor() {
    var asked = new AskedWait(Duration.ofHours(22));
    assertThat(asked.add(Duration.ofHours(1))).isTrue();
    assertThat(asked.add(Duration.ofHours(1))).isTrue();
    assertThat(asked.add(Duration.ZERO)).isFalse();
  }

  @Test
  void whatIsGivenUpSaysWhyItWaited() {
    var error = AskedWait.tooLong(BatchError.of(BatchError.Reason.HandlerFailed, "429"));
    assertThat(error.reason()).isEqualTo(BatchError.Reason.WaitedTooLong);
    assertThat(error.message())
        .isEqualTo(
            "It asked to be called later for more than 24 hours in all (RetryLater), and is given"
                + " up; the last time with: 429");
  }
}
