package dev.batchapi.operator.job.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.operator.OwnNamespace;
import dev.batchapi.operator.kube.Kubernetes;
import dev.batchapi.operator.status.Reason;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Events in a real API server; the time is the test's. */
@Tag("alone")
class RefusedPodsIT {

  private final AtomicLong clock = new AtomicLong();
  private final RefusedPods refused = new RefusedPods(clock::get);
  @RegisterExtension private final OwnNamespace own = new OwnNamespace("refused-");

  @Test
  void theJobsOfANamespaceShareALook() {
    refuses("a", 1, "pods is forbidden: exceeded quota: none");
    assertThat(refused.of(job("a"), own.client()))
        .get()
        .extracting(Trouble::reason)
        .isEqualTo(Reason.QuotaExceeded);

    refuses("b", 1, "admission webhook \"no\" denied the request");
    assertThat(refused.of(job("b"), own.client())).isEmpty();

    clock.addAndGet(RefusedPods.SHARED.toNanos());
    assertThat(refused.of(job("b"), own.client()))
        .contains(new Trouble(Reason.PodRefused, "admission webhook \"no\" denied the request"));
    assertThat(refused.of(job("c"), own.client())).isEmpty();
  }

  @Test
  void theLastRefusalCounts() {
    refuses("a", 1, "the first");
    refuses("a", 2, "the last");

    assertThat(refused.of(job("a"), own.client())).map(Trouble::message).contains("the last");
  }

  @Test
  void whatWasReadStaysWhileTheApiServerIsAway() {
    refuses("a", 1, "no");
    refused.of(job("a"), own.client());
    clock.addAndGet(RefusedPods.SHARED.toNanos());

    var nowhere = new ConfigBuilder(Config.empty()).withMasterUrl("http://127.0.0.1:1").build();
    try (var away = Kubernetes.client(nowhere)) {
      assertThat(refused.of(job("a"), away)).isPresent();
    }
  }

  private Job job(String uid) {
    return new JobBuilder()
        .withNewMetadata()
        .withName(uid)
        .withNamespace(own.name())
        .withUid(uid)
        .endMetadata()
        .build();
  }

  /** What the Job controller says. */
  private void refuses(String uid, int number, String message) {
    var event =
        new EventBuilder()
            .withNewMetadata()
            .withName("%s.%d".formatted(uid, number))
            .withNamespace(own.name())
            .endMetadata()
            .withNewInvolvedObject()
            .withKind("Job")
            .withName(uid)
            .withNamespace(own.name())
            .withUid(uid)
            .endInvolvedObject()
            .withReason("FailedCreate")
            .withType("Warning")
            .withMessage(message)
            .build();
    own.client().resource(event).create();
  }
}
