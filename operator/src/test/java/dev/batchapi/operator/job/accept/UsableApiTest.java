package dev.batchapi.operator.job.accept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.operator.status.Reason;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class UsableApiTest {
  private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void aBatchApiOfTheSameFileIsWaitedForWithoutAWord() {
    assertThat(withoutApi(CREATED.plusSeconds(1))).isEqualTo(new Acceptance.Soon());
  }

  @Test
  void oneThatDoesNotComeIsNamed() {
    assertThat(withoutApi(CREATED.plusSeconds(4)))
        .isInstanceOfSatisfying(
            Acceptance.Waiting.class,
            waiting -> {
              assertThat(waiting.reason()).isEqualTo(Reason.ApiNotFound);
              assertThat(waiting.message()).contains("\"slow\"", "\"vision\"");
            });
  }

  private static Acceptance.Result withoutApi(Instant now) {
    var job = new BatchJob();
    job.getMetadata().setName("monday");
    job.getMetadata().setNamespace("vision");
    job.getMetadata().setCreationTimestamp(CREATED.toString());
    job.setSpec(
        Serialization.unmarshal(
            "{\"apiName\": \"slow\", \"input\": {\"count\": 3}}", BatchJobSpec.class));
    return catchThrowableOfType(Stop.class, () -> UsableApi.of(job, null, now)).result();
  }
}
