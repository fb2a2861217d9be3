package dev.batchapi.operator.job.collect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.data.collect.CollectEnd;
import dev.batchapi.data.collect.CollectProgress;
import dev.batchapi.data.collect.OutputProblem;
import dev.batchapi.operator.job.collect.Collecting.Wishes;
import dev.batchapi.operator.job.observe.JobResults;
import dev.batchapi.operator.job.observe.Observations;
import dev.batchapi.operator.job.observe.StartTroubles;
import dev.batchapi.operator.job.program.ProgramRuns.Children;
import dev.batchapi.operator.job.program.SmallApiServer;
import dev.batchapi.operator.job.program.WrittenRecords;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.Labels;
import dev.batchapi.operator.pod.ProgramJobs;
import dev.batchapi.operator.status.Reason;
import dev.batchapi.queue.End;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.SaidProgress;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of a collector's end, with its records in a map. */
class CollectingTest {
  private static final Instant NOW = Instant.parse("2026-01-01T08:00:00Z");
  private static final End COMPLETE = new End(Verdict.Complete, "Every batch succeeded.", NOW);
  private static final End CANCELLED = new End(Verdict.Cancelled, "Cancelled.", NOW);
  private static final Wishes NONE = new Wishes(false, false);
  private static final String FOLDER = "s3://results/j/";
  private static final FrozenJob JOB = job();

  private final WrittenRecords queue =
      new WrittenRecords() {
        @Override
        public void forget(String job) {
          throw new AssertionError("a collector needs what the splitter has written");
        }
      };
  private final Map<Integer, byte[]> records = queue.collected;
  private final Map<Integer, SaidProgress> progress = queue.progress;
  private final Map<String, String> refusals = new HashMap<>();
  private final Collecting collecting =
      new Collecting(
          queue,
          Duration.ofHours(1),
          new StartTroubles(System::nanoTime),
          Clock.fixed(NOW, ZoneOffset.UTC));

  private static FrozenJob job() {
    var observations = new Observations();
    observations.output = FOLDER;
    return observations.frozen();
  }

  private static String digest(End end) {
    return CollectPlans.of(JOB, end).digest();
  }

  private static Job collector(End end, int attempt, int fruitless) {
    return new JobBuilder(ProgramJobs.of(CollectPlans.of(JOB, end), attempt, fruitless))
        .editMetadata()
        .withUid("uid-of-it")
        .withCreationTimestamp("2026-01-01T07:00:00Z")
        .endMetadata()
        .build();
  }

  private static Pod ended(int code, String words) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("pod")
        .withCreationTimestamp("2026-01-01T07:00:00Z")
        .addToLabels(Labels.JOB_UID, "uid")
        .addNewOwnerReference()
        .withUid("uid-of-it")
        .endOwnerReference()
        .endMetadata()
        .withNewStatus()
        .addNewContainerStatus()
        .withName("collector")
        .withNewState()
        .withNewTerminated()
        .withExitCode(code)
        .withMessage(words)
        .withFinishedAt(NOW.toString())
        .endTerminated()
        .endState()
        .endContainerStatus()
        .endStatus()
        .build();
  }

  /** With a client of an API server that is not there: none of these may ask it. */
  private JobResults next(End end, Wishes wishes, int attempt, int fruitless, Pod... pods) {
    var nowhere = new ConfigBuilder().withMasterUrl("http://127.0.0.1:1").build();
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(nowhere).build()) {
      var jobs = pods.length == 0 ? List.<Job>of() : List.of(collector(end, attempt, fruitless));
      return collecting.next(JOB, end, wishes, new Children(jobs, List.of(pods), client));
    }
  }

  private static CollectEnd good(String arguments, @Nullable String manifest) {
    return new CollectEnd(arguments, 3, 100, 4_000, manifest, null, null, null);
  }

  @Test
  void itIsDoneWhenACollectorOfThisEndSaysSo() {
    records.put(2, good(digest(COMPLETE), "a".repeat(64)).toJson());

    assertThat(next(COMPLETE, NONE, 2, 0, ended(137, "killed after its last word")))
        .isInstanceOfSatisfying(
            JobResults.Collected.class,
            collected -> {
              assertThat(collected.path()).isEqualTo(FOLDER);
              assertThat(collected.files()).isEqualTo(3);
              assertThat(collected.bytes()).isEqualTo(4_000);
            });
  }

  /** Whoever has its credentials can write the record, and what another one was told is no word. */
  @Test
  void aRecordThatMakesNoSenseIsNone() {
    var ended = ended(137, "killed");
    for (var record :
        List.of(
            good("another", "a".repeat(64)).toJson(),
            good(digest(CANCELLED), "a".repeat(64)).toJson(),
            good(digest(COMPLETE), "none").toJson(),
            good(digest(COMPLETE), null).toJson(),
            "{}".getBytes(UTF_8))) {
      records.put(3, record);
      assertThat(next(COMPLETE, NONE, 3, 0, ended))
          .isInstanceOf(JobResults.Collecting.class)
          .extracting("reason")
          .isEqualTo(Reason.Collecting);
    }
  }

  @Test
  void whatAStoreRefusesIsSaidInItsWordsAndTheResultsStay() {
    var no = CollectEnd.failed(digest(COMPLETE), OutputProblem.OutputRefused, "No, said the store");
    records.put(0, no.toJson());

    assertThat(next(COMPLETE, NONE, 0, 0, ended(0, "")))
        .isInstanceOfSatisfying(
            JobResults.NotCollected.class,
            lost ->
                assertThat(lost.why()).contains("No, said the store.", "stay in the queue until"));
  }

  @Test
  void aStoreThatIsAwayIsWaitedForHoweverLongAndOneThatEndsForNothingTenTimes() {
    assertThat(next(COMPLETE, NONE, 500, 9, ended(10, "The store is away.")))
        .isInstanceOfSatisfying(
            JobResults.Collecting.class,
            waiting -> {
              assertThat(waiting.reason()).isEqualTo(Reason.StorageUnavailable);
              assertThat(waiting.message()).contains("The store is away.");
            });
    assertThat(next(COMPLETE, NONE, 9, 9, ended(137, "OOMKilled")))
        .isInstanceOfSatisfying(
            JobResults.NotCollected.class,
            lost -> assertThat(lost.why()).contains("10 collectors", "OOMKilled"));
  }

  @Test
  void suspendHoldsItAndCancelEndsItUnlessThatWasTheEnd() {
    assertThat(next(COMPLETE, new Wishes(true, false), 0, 0))
        .isInstanceOfSatisfying(
            JobResults.Collecting.class,
            held -> assertThat(held.reason()).isEqualTo(Reason.Suspended));
    assertThat(next(COMPLETE, new Wishes(false, true), 0, 0))
        .isInstanceOfSatisfying(
            JobResults.NotCollected.class, lost -> assertThat(lost.why()).contains("spec.cancel"));
    records.put(0, good(digest(CANCELLED), "a".repeat(64)).toJson());
    assertThat(next(CANCELLED, new Wishes(false, true), 0, 0, ended(0, "")))
        .isInstanceOf(JobResults.Collected.class);
  }

  private JobResults.Collecting look(Pod... pods) throws IOException {
    try (var api = new SmallApiServer()) {
      refusals.forEach(api::refuses);
      var jobs = List.of(collector(COMPLETE, 2, 0));
      var children = new Children(jobs, List.of(pods), api.client());
      return (JobResults.Collecting) collecting.next(JOB, COMPLETE, NONE, children);
    }
  }

  private static Pod with(ContainerState state) {
    return new PodBuilder(ended(0, ""))
        .withNewStatus()
        .addNewContainerStatus()
        .withName("collector")
        .withImage("image:1")
        .withState(state)
        .endContainerStatus()
        .endStatus()
        .build();
  }

  @Test
  void howFarItIsIsSaidInItsOwnNumbers() throws IOException {
    var running = with(new ContainerStateBuilder().withNewRunning().endRunning().build());
    var total = JOB.run().totalBatches();
    assertThat(look(running).message()).isEqualTo("The results are being written.");

    progress.put(2, said(new CollectProgress(total / 2, 1, 3 << 20)));
    assertThat(look(running))
        .isEqualTo(
            new JobResults.Collecting(
                Reason.Collecting,
                "The results are being written: %,d of %,d batches, 3.0 MiB so far."
                    .formatted(total / 2, total),
                50));

    progress.put(2, said(new CollectProgress(total + 1, 1, 1)));
    assertThat(look(running).percent()).isNull();
  }

  /** Whoever has its credentials can say it. */
  @Test
  void garbageIsNothingSaid() throws IOException {
    var running = with(new ContainerStateBuilder().withNewRunning().endRunning().build());
    for (var garbage : List.of("{", "", "null", "[]", "7", "{\"batches\":1e400}")) {
      progress.put(2, new SaidProgress(garbage.getBytes(UTF_8), NOW));
      assertThat(look(running).message()).isEqualTo("The results are being written.");
    }
  }

  private static SaidProgress said(CollectProgress progress) {
    return new SaidProgress(progress.toJson(), NOW);
  }

  @Test
  void whatKeepsItsPodFromBeingMadeOrStartedIsTheReason() throws IOException {
    var image =
        new ContainerStateBuilder()
            .withNewWaiting()
            .withReason("ErrImagePull")
            .withMessage("no such image")
            .endWaiting()
            .build();
    assertThat(look(with(image)))
        .satisfies(
            trouble -> {
              assertThat(trouble.reason()).isEqualTo(Reason.ImagePullFailed);
              assertThat(trouble.message())
                  .contains("The collector's pod does not start", "no such image");
            });

    refusals.put("uid-of-it", "pods \"c\" is forbidden: exceeded quota: few, used: pods=1");
    assertThat(look())
        .satisfies(
            trouble -> {
              assertThat(trouble.reason()).isEqualTo(Reason.QuotaExceeded);
              assertThat(trouble.message()).contains("exceeded quota: few");
            });
  }
}
