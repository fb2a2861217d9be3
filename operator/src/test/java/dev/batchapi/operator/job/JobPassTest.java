package dev.batchapi.operator.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.operator.job.observe.EnqueuingState;
import dev.batchapi.operator.job.observe.Observations;
import dev.batchapi.operator.job.status.JobStatusTest;
import dev.batchapi.operator.status.Reason;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class JobPassTest {
  private final Observations job = new Observations();

  @Test
  void aDeadlineThatPassedWhileTheQueueIsAwayIsNotAskedForAllTheTime() {
    job.startupSeconds = 30;
    job.runSeconds = 60;
    job.now = Observations.ACCEPTED.plusSeconds(31);
    job.counts = Optional.empty();
    job.queueTrouble = Optional.of("nobody answers");
    assertThat(JobPass.untilNextLook(job.seen())).isEqualTo(Duration.ofSeconds(2));

    job.before = JobStatusTest.started(Observations.ACCEPTED);
    job.now = Observations.ACCEPTED.plusSeconds(61);
    assertThat(JobPass.untilNextLook(job.seen())).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void aDeadlineThatComesIsKept() {
    job.startupSeconds = 30;
    job.now = Observations.ACCEPTED.plusSeconds(29);

    assertThat(JobPass.untilNextLook(job.seen())).isEqualTo(Duration.ofSeconds(1));
  }

  /** It makes room by working; else it would wait for itself. */
  @Test
  void aJobThatHasFilledTheQueueWithAPartOfItsBatchesHasWorkers() {
    job.enqueuing = new EnqueuingState.Failed(Reason.QueueFull, "no room");
    assertThat(JobPass.mayHaveWorkers(job.seen())).isTrue();

    job.enqueuing = new EnqueuingState.Failed(Reason.EnqueueFailed, "something else");
    assertThat(JobPass.mayHaveWorkers(job.seen())).isFalse();
  }
}
