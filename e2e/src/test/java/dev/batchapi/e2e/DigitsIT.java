package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The first thing that a user does: the digits, with kubectl, as the README says it. */
@ExtendWith(Cluster.class)
final class DigitsIT {
  private static final Path EXAMPLES = Path.of("..", "examples").toAbsolutePath().normalize();

  @Test
  void theDigitsAreCountedToTheLastOneInBothLanguages() {
    try (var user = new Team("digits")) {
      var right = Exporter.sum("digits_right");
      var wrong = Exporter.sum("digits_wrong");
      var predicted = Exporter.sum("digits_predicted");
      var confidence = Exporter.sum("digits_confidence_count");

      user.appliesFolder(EXAMPLES.resolve("digits"));

      for (var job : new String[] {"digits-python", "digits-java"}) {
        var status = user.awaitsTheEndOf(job).getStatus();
        assertThat(user.reasonOfTheEndOf(job)).isEqualTo("Complete");
        assertThat(user.batches(job).total()).isEqualTo(113);
        assertThat(user.batches(job).succeeded()).isEqualTo(113);
        assertThat(user.batches(job).remaining()).isZero();
        assertThat(status.failedAttempts()).isZero();
      }
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () -> {
                assertThat(Exporter.sum("digits_right") - right).isEqualTo(2 * 1778);
                assertThat(Exporter.sum("digits_wrong") - wrong).isEqualTo(2 * 19);
                assertThat(Exporter.sum("digits_predicted") - predicted).isEqualTo(2 * 1797);
                assertThat(Exporter.sum("digits_confidence_count") - confidence)
                    .isEqualTo(2 * 1797);
              });
    }
  }
}
