package dev.batchapi.operator.job.act;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.JobInput;
import dev.batchapi.operator.OwnNamespace;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The end of a BatchJob's time against a real API server: it takes no other one with it. */
@Tag("alone")
class TimeToLiveIT {
  @RegisterExtension private final OwnNamespace own = new OwnNamespace("ttl-");

  private BatchJob submit() {
    var job = new BatchJob();
    job.setMetadata(new ObjectMetaBuilder().withName("nightly").withNamespace(own.name()).build());
    job.setSpec(
        new BatchJobSpec(
            "none", 1, new JobInput(null, null, 1, null), null, null, false, false, null));
    return own.client().resource(job).create();
  }

  @Test
  void aBatchJobThatWasMadeAgainUnderTheNameStays() {
    var first = submit();
    own.client().resource(first).delete();
    var second = submit();

    assertThat(FinishedJob.delete(first, own.client())).as("look again").isPresent();

    assertThat(own.client().resource(second).get().getMetadata().getUid())
        .isEqualTo(second.getMetadata().getUid());
    assertThat(own.client().resource(second).get().getMetadata().getDeletionTimestamp()).isNull();
  }

  @Test
  void oneThatIsGoneIsNoTrouble() {
    var first = submit();
    own.client().resource(first).delete();

    assertThat(FinishedJob.delete(first, own.client())).isEmpty();
  }
}
