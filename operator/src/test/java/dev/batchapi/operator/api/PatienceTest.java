package dev.batchapi.operator.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.Condition;
import dev.batchapi.crds.Condition.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatienceTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final Readiness MISSING = Readiness.configMapNotFound("code", "vision");
  private static final String INLINE = "handler: {python: {inline: pass}}";
  private static final String CONFIG_MAP = "handler: {python: {configMap: {name: code}}}";

  @ParameterizedTest
  @CsvSource({"0, 5", "9, 5", "30, 15", "120, 60", "86400, 60"})
  void whatIsMissingIsAskedForSlowerAndSlower(int seconds, int wait) {
    assertThat(wait(CONFIG_MAP, MISSING, condition("Ready", Status.FALSE, seconds)))
        .contains(Duration.ofSeconds(wait));
  }

  @Test
  void aSpecThatIsWrongWaitsForItsAuthor() {
    assertThat(wait(INLINE, Readiness.templateInvalid("no"), condition("Ready", Status.FALSE, 0)))
        .isEmpty();
  }

  @Test
  void aNameThatIsTakenMayBecomeFree() {
    assertThat(
            wait(
                INLINE,
                new Readiness.Ready(),
                condition("Ready", Status.TRUE, 100),
                condition("JobsSubmitted", Status.FALSE, 20)))
        .contains(Duration.ofSeconds(10));
  }

  @Test
  void codeInAConfigMapIsLookedAtNowAndThen() {
    var ready = condition("Ready", Status.TRUE, 100);
    assertThat(wait(CONFIG_MAP, new Readiness.Ready(), ready)).contains(Duration.ofMinutes(10));
    assertThat(wait(INLINE, new Readiness.Ready(), ready)).isEmpty();
  }

  private static Optional<Duration> wait(
      String handler, Readiness readiness, Condition... conditions) {
    var api = Apis.with(handler, "[]", List.of(conditions), List.of());
    return Patience.of(api, api.getStatus(), readiness, NOW);
  }

  private static Condition condition(String type, Status status, int secondsAgo) {
    return new Condition(type, status, "Why", "", NOW.minusSeconds(secondsAgo).toString(), 3L);
  }
}
