package dev.batchapi.operator.job.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.operator.pod.Labels;
import dev.batchapi.operator.pod.Program;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProgramStateTest {
  private static final Instant NOW = Instant.parse("2026-01-01T08:00:00Z");

  private static Job job(String name, String owner) {
    return new JobBuilder()
        .withNewMetadata()
        .withName(name)
        .withUid("uid-of-" + name)
        .withCreationTimestamp("2026-01-01T06:00:00Z")
        .addToLabels(Labels.JOB_UID, "uid")
        .addToAnnotations(Labels.ARGUMENTS, "digest")
        .addNewOwnerReference()
        .withUid(owner)
        .endOwnerReference()
        .endMetadata()
        .build();
  }

  private static PodBuilder podOf(String job) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("pod")
        .withCreationTimestamp("2026-01-01T07:00:00Z")
        .addNewOwnerReference()
        .withUid("uid-of-" + job)
        .endOwnerReference()
        .endMetadata();
  }

  private static ProgramState of(Job job, Pod... pods) {
    return ProgramState.newest(Program.SPLITTER, "uid", List.of(job), List.of(pods), NOW)
        .orElseThrow();
  }

  @Test
  void theNewestCountsAndNoOthersJob() {
    var jobs =
        List.of(
            job("monday-split-9", "uid"),
            job("monday-split-10", "uid"),
            job("monday-split-11", "another"),
            job("monday-0-12", "uid"));

    var newest = ProgramState.newest(Program.SPLITTER, "uid", jobs, List.of(), NOW).orElseThrow();

    assertThat(newest.attempt()).isEqualTo(10);
    assertThat(newest.arguments()).isEqualTo("digest");
    assertThat(newest.ended()).isEmpty();
    assertThat(ProgramState.newest(Program.SPLITTER, "other", jobs, List.of(), NOW)).isEmpty();
  }

  @Test
  void oneThatEndedHasItsLastWordsAndItsTime() {
    var pod =
        podOf("j-split-0")
            .withNewStatus()
            .addNewContainerStatus()
            .withName("splitter")
            .withNewState()
            .withNewTerminated()
            .withExitCode(70)
            .withMessage("The store is away.\n")
            .withFinishedAt("2026-01-01T07:59:00Z")
            .endTerminated()
            .endState()
            .endContainerStatus()
            .endStatus()
            .build();

    assertThat(of(job("j-split-0", "uid"), pod).ended())
        .contains(
            new ProgramState.Ended(
                "The store is away.",
                Instant.parse("2026-01-01T07:59:00Z"),
                ProgramState.How.BY_ITSELF));
  }

  @Test
  void oneWhosePodIsGoneHasEndedWhenItsJobSaysSo() {
    var failed =
        new JobBuilder(job("j-split-0", "uid"))
            .withNewStatus()
            .addNewCondition()
            .withType("Failed")
            .withStatus("True")
            .withLastTransitionTime("2026-01-01T07:58:00Z")
            .endCondition()
            .endStatus()
            .build();

    assertThat(of(job("j-split-0", "uid")).ended()).isEmpty();
    assertThat(of(failed).ended())
        .contains(
            new ProgramState.Ended(
                "its pod was deleted",
                Instant.parse("2026-01-01T07:58:00Z"),
                ProgramState.How.TAKEN_AWAY));
  }

  private static PodBuilder terminated(int code, @Nullable String finishedAt) {
    return podOf("j-split-0")
        .withNewStatus()
        .addNewContainerStatus()
        .withName("splitter")
        .withNewState()
        .withNewTerminated()
        .withExitCode(code)
        .withFinishedAt(finishedAt)
        .endTerminated()
        .endState()
        .endContainerStatus()
        .endStatus();
  }

  /** An author's pods may tolerate such nodes, and are never taken from there. */
  @Test
  void oneOnANodeThatIsGivenUpHasEndedAndMayGoOn() {
    var pod = podOf("j-split-0").withNewStatus();
    pod.addNewContainerStatus().withName("splitter").withReady(true).endContainerStatus();
    pod.addNewCondition()
        .withType("Ready")
        .withStatus("False")
        .withLastTransitionTime("2026-01-01T07:50:00Z")
        .endCondition();

    assertThat(of(job("j-split-0", "uid"), pod.endStatus().build()).ended())
        .hasValueSatisfying(
            end -> {
              assertThat(end.lastWords()).contains("does not answer", "2026-01-01T07:50:00Z");
              assertThat(end.at()).isEqualTo(Instant.parse("2026-01-01T07:50:00Z"));
              assertThat(end.how()).isEqualTo(ProgramState.How.UNHEARD);
            });
  }

  /** Else the pause after it would begin anew with every pass. */
  @Test
  void anEndWithoutATimeHasOneThatStays() {
    var job = job("j-split-0", "uid");
    var failed = podOf("j-split-0").withNewStatus().withPhase("Failed").endStatus().build();
    var deleted =
        new JobBuilder(job)
            .editMetadata()
            .withDeletionTimestamp("2026-01-01T07:30:00Z")
            .endMetadata()
            .build();
    var condition =
        new JobBuilder(job)
            .withNewStatus()
            .addNewCondition()
            .withType("Failed")
            .withStatus("True")
            .endCondition()
            .endStatus()
            .build();

    var created = Instant.parse("2026-01-01T07:00:00Z");
    assertThat(endOf(job, terminated(137, null).build())).isEqualTo(created);
    assertThat(endOf(job, failed)).isEqualTo(created);
    assertThat(endOf(deleted)).isEqualTo(Instant.parse("2026-01-01T07:30:00Z"));
    assertThat(endOf(condition)).isEqualTo(Instant.parse("2026-01-01T06:00:00Z"));
  }

  private static Instant endOf(Job job, Pod... pods) {
    return of(job, pods).ended().orElseThrow().at();
  }

  @Test
  void itsExitCodeSaysWhetherAStoreOrTheQueueWasAway() {
    var job = job("j-split-0", "uid");
    var at = "2026-01-01T07:59:00Z";

    assertThat(of(job, terminated(10, at).build()).ended().orElseThrow().storageAway()).isTrue();
    assertThat(of(job, terminated(70, at).build()).ended().orElseThrow().storageAway()).isFalse();
  }

  /** As of workers; a store that is away is one all the same. */
  @Test
  void oneWhosePodWasTakenAwayHasNotEndedByItself() {
    var job = job("j-split-0", "uid");
    var at = "2026-01-01T07:59:00Z";
    var drained = terminated(143, at).editMetadata().withDeletionTimestamp(at).endMetadata();
    var preempted = terminated(143, at).editStatus();
    preempted.addNewCondition().withType("DisruptionTarget").withStatus("True").endCondition();
    var evicted = podOf("j-split-0").withNewStatus().withPhase("Failed").withReason("Evicted");
    evicted.withMessage("The node was low on resource: memory.");
    var overItsLimit = podOf("j-split-0").withNewStatus().withPhase("Failed").withReason("Evicted");
    overItsLimit.withMessage("Usage of EmptyDir volume \"tmp\" exceeds the limit \"1Gi\".");
    var away = terminated(10, at).editMetadata().withDeletionTimestamp(at).endMetadata();

    assertThat(how(job, drained)).isEqualTo(ProgramState.How.TAKEN_AWAY);
    assertThat(how(job, preempted.endStatus())).isEqualTo(ProgramState.How.TAKEN_AWAY);
    assertThat(how(job, evicted.endStatus())).isEqualTo(ProgramState.How.TAKEN_AWAY);
    assertThat(how(job, overItsLimit.endStatus())).isEqualTo(ProgramState.How.BY_ITSELF);
    assertThat(how(job, away)).isEqualTo(ProgramState.How.STORAGE_AWAY);
  }

  private static ProgramState.How how(Job job, PodBuilder pod) {
    return of(job, pod.build()).ended().orElseThrow().how();
  }

  @Test
  void oneOnANodeThatDoesNotAnswerHasEndedSomeTimeAfterItShouldHave() {
    var going = podOf("j-split-0").editMetadata().withDeletionTimestamp("2026-01-01T07:59:55Z");
    var late = podOf("j-split-0").editMetadata().withDeletionTimestamp("2026-01-01T07:59:00Z");

    assertThat(of(job("j-split-0", "uid"), going.endMetadata().build()).ended()).isEmpty();
    assertThat(of(job("j-split-0", "uid"), late.endMetadata().build()).ended()).isPresent();
  }
}
