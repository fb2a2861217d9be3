package dev.batchapi.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.WatchEvent;
import org.junit.jupiter.api.Test;

class KubernetesTest {
  /** Else the informer goes on with a version that is too old, and sees nothing any more. */
  @Test
  void theErrorOfAWatchIsKnownForWhatItIs() {
    var event =
        Kubernetes.serialization()
            .unmarshal(
                """
                {"type": "ERROR", "object": {"kind": "Status", "apiVersion": "v1", "metadata": {},
                 "status": "Failure", "message": "too old resource version: 5065 (5083)",
                 "reason": "Expired", "code": 410}}
                """,
                WatchEvent.class);

    assertThat(event.getObject())
        .isInstanceOfSatisfying(
            Status.class, status -> assertThat(status.getCode()).isEqualTo(410));
  }
}
