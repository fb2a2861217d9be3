package dev.batchapi.operator.job.accept;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.crds.Condition;
import dev.batchapi.crds.JobPhase;
import dev.batchapi.operator.OperatorSettings;
import dev.batchapi.operator.job.status.JobStatus;
import dev.batchapi.operator.status.Reason;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SharesTest {
  private static final Share TWO_JOBS_TEN_BATCHES = new Share(2, 10, 0);

  private final Shares shares = new Shares();

  private static BatchJob job(String uid) {
    var job = new BatchJob();
    job.setMetadata(
        new ObjectMetaBuilder().withNamespace("vision").withName(uid).withUid(uid).build());
    return job;
  }

  private static BatchJob accepted(String uid, int batches, boolean finished) {
    var job = job(uid);
    var conditions =
        finished
            ? List.of(
                new Condition(
                    "Finished", Condition.Status.TRUE, "Complete", "", "2026-01-01T00:00:00Z", 1L))
            : List.<Condition>of();
    job.setStatus(
        new BatchJobStatus(
            conditions,
            null,
            new BatchJobStatus.Batches(batches, 0, 0, batches),
            null,
            null,
            null,
            null,
            null,
            null,
            "2026-01-01T00:00:00Z",
            "digest",
            null,
            null,
            3L << 20,
            null));
    return job;
  }

  private java.util.Optional<String> take(String uid, long batches, BatchJob... others) {
    return shares.take(job(uid), batches, Stream.of(others), TWO_JOBS_TEN_BATCHES);
  }

  @Test
  void aJobThatFitsHasItsPlace() {
    assertThat(take("b", 4, accepted("a", 6, false))).isEmpty();
  }

  @Test
  void aJobWhoseFilesAreBeingSplitHasItsPlaceToo() {
    var splitting = job("b");
    splitting.setStatus(
        JobStatus.waiting(
            splitting,
            Reason.Splitting,
            "",
            JobPhase.SPLITTING,
            Instant.parse("2026-01-01T00:00:00Z")));
    var waiting = job("w");
    waiting.setStatus(
        JobStatus.waiting(waiting, Reason.ApiNotFound, "", Instant.parse("2026-01-01T00:00:00Z")));

    assertThat(take("c", 1, accepted("a", 1, false), waiting)).isEmpty();
    shares.forget("c");
    assertThat(take("c", 1, accepted("a", 1, false), splitting)).isPresent();
  }

  @Test
  void aThirdJobWaitsUntilOneHasEnded() {
    assertThat(take("c", 1, accepted("a", 1, false), accepted("b", 1, false)))
        .get()
        .asString()
        .startsWith("2 jobs of namespace \"vision\" have been accepted and have not ended")
        .contains("batchapi.dev/max-jobs");
    assertThat(take("c", 1, accepted("a", 1, true), accepted("b", 1, false))).isEmpty();
  }

  @Test
  void batchesAreCountedTogether() {
    assertThat(take("b", 5, accepted("a", 6, false)))
        .get()
        .asString()
        .contains("The job has 5 batches", "have not ended are 6, and it may have 10")
        .contains("batchapi.dev/max-batches");
  }

  /** Ended ones too: what they have is kept until they are deleted. */
  @Test
  void bytesOfAllBatchJobsAreCounted() {
    var share = new Share(10, 100, 6 << 20);
    var one = accepted("a", 1, true);
    var two = accepted("b", 1, false);

    assertThat(shares.take(job("c"), 1, Stream.of(one), share)).isEmpty();
    assertThat(shares.take(job("c"), 1, Stream.of(one, two), share))
        .get()
        .asString()
        .contains("keep 6 MiB in the queue, and it may have 6 (batchapi.dev/max-mib)");
  }

  /** Two are looked at at the same time: the cache has neither's acceptance yet. */
  @Test
  void whatWasTakenAMomentAgoCountsThoughTheCacheDoesNotHaveIt() {
    assertThat(take("a", 6)).isEmpty();
    assertThat(take("b", 6, job("a"))).isPresent();
    assertThat(take("a", 6, job("b"))).as("a itself counts once").isEmpty();
    shares.forget("a");
    assertThat(take("b", 6, job("a"))).isEmpty();
  }

  @Test
  void aJobWhoseSplitterWaitsForItsStoreHasItsPlace() {
    var waiting = job("w");
    waiting.setStatus(
        JobStatus.waiting(
            waiting,
            Reason.StorageUnavailable,
            "",
            JobPhase.CHECKING,
            Instant.parse("2026-01-01T00:00:00Z")));

    assertThat(take("a", 1, waiting, accepted("b", 1, false))).get().asString().contains("2 jobs");
  }

  @Test
  void otherNamespacesDoNotCount() {
    assertThat(take("a", 6)).isEmpty();
    var elsewhere = job("b");
    elsewhere.getMetadata().setNamespace("other");
    assertThat(shares.take(elsewhere, 10, Stream.of(), TWO_JOBS_TEN_BATCHES)).isEmpty();
  }

  @Test
  void theLabelsOfANamespaceGoBeforeTheSettings() {
    var settings =
        OperatorSettings.from(
            Map.of(
                "BATCHAPI_NATS_URL", "nats://x",
                "BATCHAPI_RUNTIME_IMAGE", "x",
                "BATCHAPI_MAX_JOBS", "7"));
    assertThat(Share.of(Map.of(), settings)).isEqualTo(new Share(7, 4_000_000, 0));
    assertThat(Share.of(Map.of(Share.JOBS, "3", Share.BATCHES, "50"), settings))
        .isEqualTo(new Share(3, 50, 0));
    assertThat(Share.of(Map.of(Share.JOBS, "many"), settings).jobs())
        .as("a limit that can't be read lets next to nothing pass")
        .isEqualTo(1);
    assertThat(Share.of(Map.of(Share.MIB, "2"), settings).bytes()).isEqualTo(2 << 20);
  }
}
