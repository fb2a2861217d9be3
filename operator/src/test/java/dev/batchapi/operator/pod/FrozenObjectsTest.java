package dev.batchapi.operator.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
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
    var read = FrozenObjects.read(job.id(), job.digest(), FrozenObjects.run(job));

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
    var lines = "1\n2\n";
    var input = FrozenObjects.input(job, lines);

    assertThat(input.getMetadata().getName())
        .isEqualTo(Objects.requireNonNull(job.pod().input()).configMap())
        .startsWith("monday-0b5a7c2e-input-");
    assertThat(FrozenObjects.inputLines(input, Objects.requireNonNull(job.pod().input())))
        .isEqualTo(lines);
    assertThat(job.pod().code()).isNull();
    assertThatThrownBy(() -> FrozenObjects.code(job, Map.of()))
        .hasMessage("the job has no ConfigMap for its code");
  }

  private void refused(JobId id, ConfigMap configMap) {
    assertThatThrownBy(() -> FrozenObjects.read(id, job.digest(), configMap))
        .isInstanceOf(TamperedException.class)
        .hasMessageContaining("ConfigMap \"" + configMap.getMetadata().getName() + "\"")
        .hasMessageContaining("somebody has replaced it");
  }

  @Test
  void anythingElseThanWhatWasFrozenIsRefused() {
    var run = FrozenObjects.run(job);
    for (var key : run.getData().keySet()) {
      var changed = Objects.requireNonNull(run.getData().get(key)).replaceFirst("\\{", "{ ");
      refused(job.id(), new ConfigMapBuilder(run).addToData(key, changed).build());
      refused(job.id(), new ConfigMapBuilder(run).removeFromData(key).build());
    }
    refused(job.id(), new ConfigMapBuilder(run).withData(Map.of()).build());
    refused(job.id(), new ConfigMapBuilder(run).addToBinaryData("x", "AA==").build());
  }

  /** Who can copy an object can't make another BatchJob's of it. */
  @Test
  void theRunOfAnotherBatchJobIsRefused() {
    var run = FrozenObjects.run(job);
    refused(new JobId("other", job.name(), job.uid()), run);
    refused(new JobId(job.namespace(), "other", job.uid()), run);
    refused(new JobId(job.namespace(), job.name(), "other"), run);
    assertThatThrownBy(
            () ->
                FrozenJob.of(new JobId("kube-system", job.name(), job.uid()), job.run(), job.pod()))
        .isInstanceOf(TamperedException.class);
  }

  @Test
  void theRulesForPodsHoldAtEveryRead() {
    var plan = job.pod();
    var pod =
        plan.toJson()
            .replaceFirst("\\{", "{\"template\": {\"spec\": {\"shareProcessNamespace\": true}},");
    var run = FrozenObjects.run(job);
    var changed = new ConfigMapBuilder(run).addToData("pod.json", pod).build();
    var digest = FrozenJob.digest(job.id(), job.runJson(), pod);
    assertThatThrownBy(() -> FrozenObjects.read(job.id(), digest, changed))
        .isInstanceOf(PodTemplateException.class);
  }

  @Test
  void codeInputAndHostAreHeldToTheirDigests() {
    var code = FrozenObjects.code(job, Map.of("handler.py", "class Handler: pass"));
    var frozen = Objects.requireNonNull(job.pod().code());
    FrozenObjects.check(code, frozen);
    for (var other :
        List.of(
            new ConfigMapBuilder(code).addToData("handler.py", "evil").build(),
            new ConfigMapBuilder(code).addToData("sitecustomize.py", "evil").build(),
            new ConfigMapBuilder(code).addToBinaryData("libc.so", "AA==").build())) {
      assertThatThrownBy(() -> FrozenObjects.check(other, frozen))
          .isInstanceOf(TamperedException.class);
    }
  }

  @Test
  void aPlanOfANewerOperatorIsRead() {
    var plan = job.pod().toJson().replaceFirst("\\{", "{\"newer\": {\"field\": 1},");

    assertThat(PodPlan.fromJson(plan)).isEqualTo(job.pod());
  }
}
