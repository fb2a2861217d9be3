package dev.batchapi.operator.job.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.operator.status.Reason;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RejectionEventTest {

  @Test
  void aJobThatIsRejectedSaysItOnce() {
    var rejected =
        JobStatus.rejected(new BatchJob(), Reason.InputInvalid, "no items", Instant.EPOCH);
    assertThat(rejected.conditions()).hasSize(3);
    assertThat(JobEvents.between(null, rejected, Optional::empty))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.reason()).isEqualTo("InputInvalid");
              assertThat(event.note()).isEqualTo("no items");
            });
  }
}
