package dev.batchapi.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The Kubernetes client reads and writes the resources without losing or adding anything. */
class CustomResourceTest {
  private static final KubernetesSerialization CLIENT = new KubernetesSerialization();

  static List<Manifest> valid() throws IOException {
    return Manifest.all("valid").toList();
  }

  @ParameterizedTest
  @MethodSource("valid")
  void whatIsReadIsWritten(Manifest manifest) throws IOException {
    for (JsonNode document : manifest.documents()) {
      Class<? extends HasMetadata> type =
          document.get("kind").asText().equals("BatchAPI") ? BatchApi.class : BatchJob.class;
      HasMetadata resource = CLIENT.unmarshal(document.toString(), type);

      assertThat(CrdYaml.MAPPER.readTree(CLIENT.asJson(resource))).isEqualTo(document);
    }
  }

  @Test
  void aStatusIsWrittenAsTheSchemaSays() throws IOException {
    var finished =
        new Condition(
            "Finished", Condition.Status.TRUE, "Complete", "All done.", "2026-01-31T12:00:00Z", 2L);
    var status =
        new BatchJobStatus(
            List.of(finished),
            JobPhase.COMPLETED_WITH_FAILURES,
            new BatchJobStatus.Batches(3, 2, 1, 0),
            new BatchJobStatus.Input(2, 300L, 30),
            4,
            List.of(new BatchJobStatus.Failure(1, 3, "HandlerFailed", "boom")),
            new BatchJobStatus.Workers(1, 0, 1, 0),
            null,
            2L,
            null,
            null,
            null,
            null,
            null,
            null);
    var job = new BatchJob();
    job.setStatus(status);

    JsonNode json = CrdYaml.MAPPER.readTree(CLIENT.asJson(job));

    assertThat(json.at("/status/phase").asText()).isEqualTo("CompletedWithFailures");
    assertThat(json.at("/status/conditions/0/status")).isEqualTo(TextNode.valueOf("True"));
    assertThat(json.at("/status").has("selector")).isFalse();
    assertThat(json.at("/apiVersion").asText()).isEqualTo("batchapi.dev/v1alpha1");
    assertThat(json.at("/kind").asText()).isEqualTo("BatchJob");
    assertThat(CLIENT.unmarshal(json.toString(), BatchJob.class).getStatus()).isEqualTo(status);
  }
}
