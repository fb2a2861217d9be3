package dev.batchapi.operator.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.PodTemplate;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProgramJobsTest {
  private static final ProgramPlan PLAN =
      new ProgramPlan(
          Program.SPLITTER,
          new JobId("vision", "monday", "0b5a7c2e-1111-4222-8333-444455556666"),
          "tagger",
          "batchapi/handler-runtime:0.1.0",
          "{\"paths\":[\"s3://photos/$(HOME)/*.jsonl\"]}",
          "digest",
          "photos-store",
          Given.YAML
              .unmarshal(
                  """
                  apiVersion: batchapi.dev/v1alpha1
                  kind: BatchAPI
                  metadata: {name: tagger}
                  spec:
                    handler: {python: {file: h.py}}
                    template:
                      metadata: {labels: {mine: "1"}}
                      spec:
                        nodeSelector: {disk: ssd}
                        imagePullSecrets: [{name: pull}]
                        serviceAccountName: reader
                        hostNetwork: true
                        volumes: [{name: mine, emptyDir: {}}]
                        initContainers: [{name: first, image: any}]
                  """,
                  BatchApi.class)
              .getSpec()
              .template(),
          "nats://nats:4222",
          Map.of("requests.cpu", "70m"));

  @Test
  void itRunsWhereWorkersMayRunAndHasNothingElseOfTheAuthors() {
    var pod = ProgramJobs.of(PLAN, 3, 2).getSpec().getTemplate();

    assertThat(pod.getSpec().getNodeSelector()).containsEntry("disk", "ssd");
    assertThat(pod.getSpec().getServiceAccountName()).isEqualTo("reader");
    assertThat(pod.getSpec().getImagePullSecrets()).hasSize(1);
    assertThat(pod.getSpec().getHostNetwork()).isNull();
    assertThat(pod.getSpec().getInitContainers()).isEmpty();
    assertThat(pod.getSpec().getVolumes()).extracting("name").doesNotContain("mine");
    assertThat(pod.getMetadata().getLabels()).doesNotContainKey("mine");
    assertThat(pod.getSpec().getAutomountServiceAccountToken()).isFalse();
  }

  @Test
  void itsNameIsNoWorkersAndTellsItsNumber() {
    var name = ProgramJobs.of(PLAN, 3, 2).getMetadata().getName();

    assertThat(name).isEqualTo("monday-split-3");
    assertThat(Program.SPLITTER.attempt(name)).hasValue(3);
    assertThat(Names.worker(name)).isEmpty();
    assertThat(Program.SPLITTER.attempt(Names.workerJob("a-split", 0, 1))).isEmpty();
  }

  /** What an author has to correct before a splitter can start makes a new one. */
  @Test
  void anotherSecretTemplateOrImageMakesAnotherOne() {
    var other = List.of(with("i:2", "photos-store", PLAN.template()), with("i:1", "other", null));
    assertThat(other)
        .extracting(ProgramPlan::fingerprint)
        .doesNotHaveDuplicates()
        .doesNotContain(
            with("i:1", "photos-store", PLAN.template()).fingerprint(),
            with("i:1", "photos-store", null).fingerprint());
    assertThat(with("i:1", null, PLAN.template()).fingerprint())
        .isEqualTo(with("i:1", null, PLAN.template()).fingerprint())
        .isNotEqualTo(with("i:1", null, null).fingerprint());
    assertThat(ProgramJobs.of(PLAN, 3, 2).getMetadata().getAnnotations())
        .containsEntry(Labels.ARGUMENTS, PLAN.fingerprint())
        .containsEntry(Labels.FRUITLESS, "2");
  }

  private static ProgramPlan with(
      String image, @Nullable String secret, @Nullable PodTemplate template) {
    return new ProgramPlan(
        Program.SPLITTER,
        PLAN.job(),
        PLAN.api(),
        image,
        PLAN.arguments(),
        PLAN.digest(),
        secret,
        template,
        PLAN.natsUrl(),
        PLAN.resources());
  }

  @Test
  void itIsToldByVariablesAloneAndKubernetesReplacesNothingInThem() {
    var container = ProgramJobs.of(PLAN, 3, 2).getSpec().getTemplate().getSpec().getContainers();

    assertThat(container).hasSize(1);
    var env = container.getFirst().getEnv();
    assertThat(env)
        .filteredOn(variable -> variable.getName().equals("BATCHAPI_SPLIT"))
        .extracting("value")
        .containsExactly("{\"paths\":[\"s3://photos/$$(HOME)/*.jsonl\"]}");
    assertThat(container.getFirst().getEnvFrom().getFirst().getSecretRef().getName())
        .isEqualTo("photos-store");
    assertThat(container.getFirst().getResources().getRequests())
        .containsEntry("cpu", new Quantity("70m"));
  }
}
