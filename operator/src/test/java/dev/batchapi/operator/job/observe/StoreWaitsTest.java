package dev.batchapi.operator.job.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.queue.SaidProgress;
import dev.batchapi.queue.Splits;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StoreWaitsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T08:00:00Z");

  private final StoreWaits waits = new StoreWaits();
  private @Nullable SaidProgress said;
  private int asked;

  private @Nullable SaidProgress queue() {
    asked++;
    return said;
  }

  private void says(String words, Instant at) {
    said = new SaidProgress(words.getBytes(UTF_8), at);
  }

  @Test
  void itIsSaidUntilTheStoreAnswersOrTheWorkerIsGone() {
    assertThat(waits.now(this::queue, NOW)).isEmpty();
    says("The store is away.", NOW);
    assertThat(waits.now(this::queue, NOW.plusSeconds(5))).contains("The store is away.");
    assertThat(waits.now(this::queue, NOW.plus(StoreWaits.COUNTS))).isEmpty();

    says("It is away again.", NOW.plusSeconds(300));
    assertThat(waits.now(this::queue, NOW.plusSeconds(301))).isPresent();
    says("", NOW.plusSeconds(302));
    assertThat(waits.now(this::queue, NOW.plusSeconds(302).plus(StoreWaits.QUIET))).isEmpty();
  }

  /** What one has said is taken away by any other whose store has answered. */
  @Test
  void asLongAsOneOfThemWaitsItIsOneState() {
    says("The store is away.", NOW);
    assertThat(waits.now(this::queue, NOW)).contains("The store is away.");
    says("", NOW.plusSeconds(3));
    assertThat(waits.now(this::queue, NOW.plusSeconds(4))).contains("The store is away.");
    says("It is away.", NOW.plusSeconds(8));
    assertThat(waits.now(this::queue, NOW.plusSeconds(10))).contains("It is away.");
    says("", NOW.plusSeconds(12));
    assertThat(waits.now(this::queue, NOW.plusSeconds(14))).contains("It is away.");
    assertThat(waits.now(this::queue, NOW.plusSeconds(60))).isEmpty();
  }

  /** Else the credentials of one job would be enough to have it said for ever. */
  @Test
  void wordsRunOutHoweverOftenTheyAreTakenAway() {
    says("The store is away.", NOW);
    waits.now(this::queue, NOW);
    for (var at = NOW; at.isBefore(NOW.plus(StoreWaits.COUNTS)); at = at.plusSeconds(10)) {
      says("", at);
      assertThat(waits.now(this::queue, at)).isPresent();
    }
    says("", NOW.plus(StoreWaits.COUNTS));
    assertThat(waits.now(this::queue, NOW.plus(StoreWaits.COUNTS))).isEmpty();
  }

  /** A job whose batches are done by the thousand is looked at all the time. */
  @Test
  void theQueueIsNotAskedAtEachLook() {
    for (var i = 0; i < 100; i++) {
      waits.now(this::queue, NOW.plusMillis(10L * i));
    }
    assertThat(asked).isEqualTo(1);
  }

  @Test
  void whatAWorkerSaysIsBounded() {
    says("x".repeat(100_000), NOW);
    assertThat(waits.now(this::queue, NOW).orElseThrow())
        .hasSizeLessThan(Splits.PROGRESS_BYTES + 1);
  }
}
