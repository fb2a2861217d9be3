package dev.batchapi.operator.job.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.crds.Condition;
import dev.batchapi.crds.JobPhase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StatusPaceTest {
  private static final Instant ACCEPTED = Instant.parse("2026-01-01T00:00:00Z");

  private static BatchJobStatus status(int succeeded, JobPhase phase, String message) {
    return status(succeeded, phase, message, 0);
  }

  private static BatchJobStatus status(int succeeded, JobPhase phase, String message, int lost) {
    var ready = condition("WorkersReady", Condition.Status.TRUE, "AllReady", message);
    return status(succeeded, phase, List.of(ready), lost);
  }

  /** One that differs from another such in one condition alone. */
  private static BatchJobStatus with(String type, Condition.Status status, String reason) {
    return status(1, JobPhase.RUNNING, List.of(condition(type, status, reason, "")), 0);
  }

  private static Condition condition(
      String type, Condition.Status status, String reason, String message) {
    return new Condition(type, status, reason, message, "2026-01-01T00:00:00Z", 1L);
  }

  private static BatchJobStatus status(
      int succeeded, JobPhase phase, List<Condition> conditions, int lost) {
    return new BatchJobStatus(
        conditions,
        phase,
        new BatchJobStatus.Batches(100, succeeded, 0, 100 - succeeded),
        null,
        0,
        null,
        new BatchJobStatus.Workers(1, 0, 1, lost),
        null,
        1L,
        ACCEPTED.toString(),
        null,
        null,
        null,
        null,
        null);
  }

  @Test
  void whatHasNotChangedIsNotWritten() {
    var status = status(1, JobPhase.RUNNING, "");

    assertThat(StatusPace.pause(status, status, ACCEPTED, ACCEPTED)).isEmpty();
  }

  @Test
  void countsWaitForASecondAndLaterForLonger() {
    var before = status(1, JobPhase.RUNNING, "");
    var after = status(2, JobPhase.RUNNING, "other counts");

    var soon = ACCEPTED.plusSeconds(10);
    assertThat(StatusPace.pause(before, after, soon, soon.plusMillis(400)))
        .contains(Duration.ofMillis(600));
    assertThat(StatusPace.pause(before, after, soon, soon.plusSeconds(1))).contains(Duration.ZERO);

    var late = ACCEPTED.plusSeconds(3600);
    assertThat(StatusPace.pause(before, after, late, late)).contains(Duration.ofSeconds(5));
  }

  @Test
  void aChangeOfPhaseIsWrittenAtOnce() {
    var before = status(99, JobPhase.RUNNING, "");
    var after = status(100, JobPhase.SUCCEEDED, "");

    assertThat(StatusPace.pause(before, after, ACCEPTED, ACCEPTED)).contains(Duration.ZERO);
  }

  /** Whoever has the job's credentials can say another thing at each pass, 20 a second. */
  @Test
  void whatWorkersSayOfThemselvesGoesAtTheOrdinaryPace() {
    var limited = with("Waiting", Condition.Status.TRUE, "RateLimit");
    var asked = with("Waiting", Condition.Status.TRUE, "RetryLater");
    var away = with("StorageAvailable", Condition.Status.FALSE, "StorageUnavailable");
    var there = with("StorageAvailable", Condition.Status.TRUE, "StorageAvailable");

    assertThat(StatusPace.pause(limited, asked, ACCEPTED, ACCEPTED))
        .contains(Duration.ofSeconds(1));
    assertThat(StatusPace.pause(away, there, ACCEPTED, ACCEPTED)).contains(Duration.ofSeconds(1));
  }

  @Test
  void anyOtherConditionIsWrittenAtOnce() {
    var before = with("WorkersReady", Condition.Status.TRUE, "AllReady");
    var lost = with("WorkersReady", Condition.Status.FALSE, "WorkersLost");
    var finished = with("Finished", Condition.Status.TRUE, "Complete");

    assertThat(StatusPace.pause(before, lost, ACCEPTED, ACCEPTED)).contains(Duration.ZERO);
    assertThat(StatusPace.pause(before, finished, ACCEPTED, ACCEPTED)).contains(Duration.ZERO);
  }

  /** The next pass adds to what the status says. */
  @Test
  void aLostWorkerIsWrittenAtOnce() {
    var before = status(1, JobPhase.RUNNING, "", 0);
    var after = status(1, JobPhase.RUNNING, "", 1);

    assertThat(StatusPace.pause(before, after, ACCEPTED, ACCEPTED)).contains(Duration.ZERO);
  }

  @Test
  void theFirstOneIsWrittenAtOnce() {
    assertThat(StatusPace.pause(null, status(0, JobPhase.PENDING, ""), null, ACCEPTED))
        .contains(Duration.ZERO);
  }
}
