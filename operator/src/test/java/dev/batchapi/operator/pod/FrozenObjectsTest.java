package dev.batchapi.operator.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class FrozenObjectsTest {
  private static final Instant EXPIRES = Instant.parse("2026-02-01T00:00:00Z");

  private final FrozenJob job = Given.jobWith("batchSize: 4");

  @Test
  void whatIsWrittenIsReadAgain() {
    var read = FrozenObjects.read(FrozenObjects.run(job));

    assertThat(read).isEqualTo(job);
    assertThat(read.runDigest()).isEqualTo(job.runDigest());
  }

  @Test
  void everythingBelongsToTheBatchJobAndGoesWithIt() {
    var all =
        List.<HasMetadata>of(
            FrozenObjects.run(job),
            FrozenObjects.code(job, Map.of("handler.py", "pass")),
            FrozenObjects.credentials(job, "-----", EXPIRES));

    assertThat(all)
        .allSatisfy(
            object -> {
              assertThat(object.getMetadata().getNamespace()).isEqualTo("vision");
              assertThat(object.getMetadata().getLabels())
                  .containsEntry(Labels.JOB_UID, job.uid())
                  .containsEntry(Labels.API, "tagger");
              assertThat(object.getMetadata().getOwnerReferences())
                  .singleElement()
                  .extracting("kind", "name", "uid", "controller", "blockOwnerDeletion")
                  .containsExactly("BatchJob", "monday", job.uid(), true, null);
            });
  }

  @Test
  void whatRunsNeverChangesButCredentialsMay() {
    assertThat(FrozenObjects.run(job).getImmutable()).isTrue();
    assertThat(FrozenObjects.code(job, Map.of()).getImmutable()).isTrue();
    assertThat(FrozenObjects.credentials(job, "x", EXPIRES).getImmutable()).isNull();
  }

  @Test
  void credentialsSayWhenTheyEnd() {
    var secret = FrozenObjects.credentials(job, "-----BEGIN NATS USER JWT-----", EXPIRES);

    assertThat(secret.getMetadata().getName()).isEqualTo("monday-0b5a7c2e-nats");
    assertThat(secret.getMetadata().getAnnotations())
        .containsEntry("batchapi.dev/expires", "2026-02-01T00:00:00Z");
    var bytes =
        Base64.getDecoder().decode(Objects.requireNonNull(secret.getData().get("worker.creds")));
    assertThat(new String(bytes, StandardCharsets.UTF_8))
        .isEqualTo("-----BEGIN NATS USER JWT-----");
  }

  @Test
  void theInputOfAConfigMapIsKeptAsItIs() {
    var job =
        Given.job(
            """
            apiVersion: batchapi.dev/v1alpha1
            kind: BatchAPI
            metadata: {name: tagger, namespace: vision}
            spec: {handler: {java: {classpath: [/app.jar]}}}
            """,
            """
            apiVersion: batchapi.dev/v1alpha1
            kind: BatchJob
            metadata: {name: monday, namespace: vision, uid: 0b5a7c2e-1111}
            spec: {apiName: tagger, input: {configMap: {name: photos, key: all}}}
            """,
            Map.of());
    var lines = "{\"a\": 1}\n\n2\n";
    var input = FrozenObjects.input(job, lines);

    assertThat(input.getMetadata().getName())
        .isEqualTo(job.pod().input())
        .startsWith("monday-0b5a7c2e-input-");
    assertThat(FrozenObjects.inputLines(input)).isEqualTo(lines);
    assertThat(job.pod().code()).isNull();
    assertThatThrownBy(() -> FrozenObjects.code(job, Map.of()))
        .hasMessage("the job has no ConfigMap for its code");
  }

  @Test
  void whatIsNoFrozenJobIsNamed() {
    var empty = FrozenObjects.run(job).edit().withData(Map.of("run.json", "{}")).build();
    assertThatThrownBy(() -> FrozenObjects.read(empty))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "ConfigMap \"monday-0b5a7c2e-run\" in namespace \"vision\" has no key \"pod.json\".");

    var garbage =
        new ConfigMapBuilder(FrozenObjects.run(job)).addToData("run.json", "{\"job\": 1}").build();
    assertThatThrownBy(() -> FrozenObjects.read(garbage))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "ConfigMap \"monday-0b5a7c2e-run\" in namespace \"vision\" holds no frozen job: the run is wrong at job");

    var noPlan = new ConfigMapBuilder(FrozenObjects.run(job)).addToData("pod.json", "[]").build();
    assertThatThrownBy(() -> FrozenObjects.read(noPlan))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("holds no frozen job");
  }

  @Test
  void aPlanOfANewerOperatorIsRead() {
    var plan = job.pod().toJson().replaceFirst("\\{", "{\"newer\": {\"field\": 1},");

    assertThat(PodPlan.fromJson(plan)).isEqualTo(job.pod());
  }
}
