package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.batchapi.crds.BatchJobStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The first thing that a user does: the examples, with kubectl. */
@ExtendWith(Cluster.class)
final class ExamplesIT {
  private static final Path EXAMPLES = Path.of("..", "examples").toAbsolutePath().normalize();

  @Test
  void theDigitsAreCountedToTheLastOneInBothLanguages() {
    var began = Instant.now();
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
      theOperatorHasLoggedNoErrorSince(began);
    }
  }

  /**
   * What fails inside of the operator may be made up for by its next look, and is still a fault.
   */
  private static void theOperatorHasLoggedNoErrorSince(Instant began) {
    var log =
        Cluster.inSystem(
            "logs",
            "deploy/batchapi-operator",
            "--since-time=" + began.truncatedTo(ChronoUnit.SECONDS));
    assertThat(log.lines().filter(line -> line.contains("\"level\":\"ERROR\""))).isEmpty();
  }

  /** Cortex's documented example, and its like in Java. */
  @Test
  void eachOfTheThreeKindsArrivesAsItWasPushed() {
    try (var user = new Team("metrics")) {
      var label = "model=\"v1\"";
      var counter = Exporter.sum("my_counter", label);
      var samples = Exporter.sum("my_histogram_count", label);
      var sum = Exporter.sum("my_histogram_sum", label);

      user.appliesFolder(EXAMPLES.resolve("metrics"));

      for (var job : List.of("metrics-python", "metrics-java")) {
        assertThat(user.reasonOfTheEndOf(job)).isEqualTo("Complete");
      }
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () -> {
                assertThat(Exporter.sum("my_counter", label) - counter).isEqualTo(20);
                assertThat(Exporter.sum("my_gauge", label)).isEqualTo(42);
                assertThat(Exporter.sum("my_histogram_count", label) - samples).isEqualTo(20);
                assertThat(Exporter.sum("my_histogram_sum", label) - sum).isEqualTo(2000);
              });
    }
  }

  @Test
  void whatFailsIsToldWithTheHandlersOwnWords() {
    try (var user = new Team("failing")) {
      user.appliesFolder(EXAMPLES.resolve("failing"));

      for (var job : List.of("failing-python", "failing-java")) {
        assertThat(user.reasonOfTheEndOf(job)).isEqualTo("BatchesFailed");
        assertThat(user.batches(job).succeeded()).isEqualTo(8);
        assertThat(user.failures(job))
            .extracting(BatchJobStatus.Failure::index, BatchJobStatus.Failure::attempts)
            .containsExactlyInAnyOrder(tuple(3, 3), tuple(7, 1));
        assertThat(user.failures(job))
            .extracting(BatchJobStatus.Failure::message)
            .anyMatch(message -> message.contains("3 never works"));
      }
    }
  }

  /** As on a laptop, byte for byte: README.md of the example has the size. */
  @Test
  void digitsGoFromAStoreToAStore() throws IOException {
    try (var user = new Team("store")) {
      user.applies(read("digits/digits-data.yaml"));
      user.applies(
          read("digits-store/store.yaml")
              .replace("versity/versitygw:v1.8.0", "batchapi-e2e/versitygw:1"));
      user.applies(read("digits-store/digits-store.yaml"));

      var output = Objects.requireNonNull(user.completes("digits-store", 18).getStatus().output());

      assertThat(output.path()).isEqualTo("s3://results/digits-store/");
      assertThat(read("digits-store/README.md"))
          .contains("results-00000.jsonl  %,d bytes".formatted(output.bytes()));
    }
  }

  private static String read(String file) throws IOException {
    return Files.readString(EXAMPLES.resolve(file));
  }
}
