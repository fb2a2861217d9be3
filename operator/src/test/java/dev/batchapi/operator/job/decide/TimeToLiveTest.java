package dev.batchapi.operator.job.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchJob;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimeToLiveTest {
  private static final Instant END = Instant.parse("2026-11-30T20:00:00Z");

  private static final BatchJob JOB =
      Serialization.unmarshal(
          """
          metadata: {name: nightly-smoke}
          spec: {apiName: nightly, input: {count: 2}, ttlSecondsAfterFinished: 60}
          status: {phase: Succeeded, completionTime: "2026-11-30T20:00:00Z"}
          """,
          BatchJob.class);

  @Test
  void itIsOverWhenTheSecondsAre() {
    assertThat(TimeToLive.left(JOB, null, END.plusSeconds(10))).contains(Duration.ofSeconds(50));
    assertThat(TimeToLive.left(JOB, null, END.plusSeconds(70))).contains(Duration.ofSeconds(-10));
  }

  /** Else its entry would be run a second time, or be shown as one that runs for ever. */
  @Test
  void anEntrysJobStaysUntilItsBatchApiShowsItsEnd() {
    for (var remembered : new String[] {"", "phase: Running", "phase: Succeeded"}) {
      var left = TimeToLive.left(JOB, owner(remembered), END.plusSeconds(70)).orElseThrow();
      assertThat(left.isPositive()).as(remembered).isEqualTo(!remembered.endsWith("Succeeded"));
    }
  }

  @Test
  void whatIsNoEntryAnyMoreDoesNot() {
    var owner = Serialization.unmarshal("metadata: {name: nightly}\nspec: {}", BatchApi.class);
    assertThat(TimeToLive.left(JOB, owner, END.plusSeconds(70))).contains(Duration.ofSeconds(-10));
  }

  private static BatchApi owner(String remembered) {
    return Serialization.unmarshal(
        """
        metadata: {name: nightly}
        spec: {jobs: [{name: smoke, input: {count: 2}}]}
        status: {jobs: [%s]}
        """
            .formatted(
                remembered.isEmpty()
                    ? ""
                    : "{name: smoke, jobName: nightly-smoke, " + remembered + "}"),
        BatchApi.class);
  }
}
