package dev.batchapi.operator.job.accept;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.operator.job.program.WrittenRecords;
import dev.batchapi.operator.job.split.Splitting;
import dev.batchapi.queue.QueueUnavailableException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** With a share of 10 MiB for the namespace, and 4 MiB for each of its jobs at the most. */
class SplitRoomTest {
  private static final long MIB = 1 << 20;
  private static final Share TEN_MIB = new Share(100, 1_000, 0, 10 * MIB);

  /** By the job's uid. */
  private final Map<String, Long> bytes = new HashMap<>();

  private final Map<String, Integer> records = new HashMap<>();
  private final Map<String, BatchJob> jobs = new HashMap<>();
  private final SplitRoom room = new SplitRoom(Written::new, 4 * MIB);
  private Instant now = Instant.parse("2026-01-01T08:00:00Z");

  private final class Written extends WrittenRecords {
    @Override
    public Map<String, Integer> written() {
      return Map.copyOf(records);
    }

    @Override
    public int written(String job) {
      return records.getOrDefault(job, 0);
    }

    @Override
    public long bytes(String job) {
      return bytes.getOrDefault(job, 0L);
    }

    @Override
    public void forget(String job) {
      records.remove(job);
      bytes.remove(job);
    }
  }

  private BatchJob job(String uid, int second, String input, String more) {
    var job =
        Serialization.unmarshal(
            """
            metadata: {name: %1$s, uid: %1$s, namespace: vision, creationTimestamp: "2026-01-01T07:00:%2$02dZ"}
            spec: {apiName: tagger, input: %3$s }
            %4$s
            """
                .formatted(uid, second, input, more),
            BatchJob.class);
    jobs.put(uid, job);
    return job;
  }

  private BatchJob files(String uid, int second) {
    return job(uid, second, "{files: {paths: [\"s3://b/*.gz\"]}}", "");
  }

  private BatchJob accepted(String uid, int second, long has) {
    has(uid, has);
    return job(
        uid,
        second,
        "{files: {paths: [\"s3://b/*.gz\"]}}",
        "status: {acceptedTime: \"2026-01-01T07:30:00Z\", queueBytes: %d}".formatted(has));
  }

  private BatchJob ended(String uid, int second, long has) {
    has(uid, has);
    return job(
        uid,
        second,
        "{files: {paths: [\"s3://b/*.gz\"]}}",
        """
        status:
          acceptedTime: "2026-01-01T07:30:00Z"
          completionTime: "2026-01-01T07:40:%02dZ"
          queueBytes: %d
          conditions: [{type: Finished, status: "True", reason: BatchesFailed, message: "", lastTransitionTime: "2026-01-01T07:40:00Z"}]
        """
            .formatted(second, has));
  }

  private void has(String uid, long has) {
    bytes.put(uid, has);
    records.merge(uid, 1, Integer::sum);
  }

  private Optional<SplitRoom.Lacking> look(BatchJob job) {
    return look(job, TEN_MIB);
  }

  private Optional<SplitRoom.Lacking> look(BatchJob job, Share share) {
    now = now.plusSeconds(2); // what the queue has is asked for every two seconds
    return room.look(job, jobs.values().stream(), share, now);
  }

  private void aMomentPasses() {
    now = now.plus(Duration.ofSeconds(31));
  }

  @Test
  void furtherJobsBeginWhileTheOthersTakeLessThanTheShare() {
    accepted("a", 1, 6 * MIB);
    accepted("b", 2, 4 * MIB - 1);
    assertThat(look(files("c", 3))).isEmpty();
    accepted("b", 2, 4 * MIB);
    assertThat(look(files("d", 4)))
        .hasValueSatisfying(
            lacking -> {
              assertThat(lacking.begun()).isFalse();
              assertThat(lacking.message())
                  .contains(
                      "\"vision\" lie takes 10 MiB", "10 or more (batchapi.dev/max-split-mib");
            });
    assertThat(look(job("d", 4, "{count: 3}", ""))).as("it takes none").isEmpty();
    assertThat(look(job("d", 4, "{rerun: {job: a}}", ""))).isPresent();
  }

  /** Of small jobs there may be hundreds. */
  @Test
  void aRecordCountsForWhatItHas() {
    for (var i = 0; i < 50; i++) {
      accepted("a" + i, 1, 1000);
      files("b" + i, 2);
      has("b" + i, 1000);
      has("b" + i, 2000);
    }
    assertThat(look(files("c", 3))).isEmpty();
  }

  @Test
  void ofThoseThatHaveBegunTheYoungestMakesRoomOnceAndThenKeepsItsPlace() {
    var old = files("old", 1);
    var young = files("young", 2);
    accepted("fixed", 0, 7 * MIB);
    assertThat(look(old)).isEmpty();
    assertThat(look(young)).isEmpty();
    has("young", MIB);
    has("old", 3 * MIB);
    assertThat(look(old)).isEmpty();
    assertThat(look(young)).hasValueSatisfying(it -> assertThat(it.begun()).isTrue());
    new Written().forget("young");
    assertThat(look(young)).hasValueSatisfying(it -> assertThat(it.begun()).isFalse());
    assertThat(look(files("new", 3)))
        .as("it does not pass one that waits")
        .hasValueSatisfying(it -> assertThat(it.message()).contains("is first"));

    accepted("old", 1, 2 * MIB);
    assertThat(look(young)).as("9 MiB are taken now").isEmpty();
    aMomentPasses();
    accepted("old", 1, 4 * MIB);
    has("young", 4 * MIB);
    assertThat(look(young)).as("it is not ended again").isEmpty();
    assertThat(look(files("new", 3))).isPresent();
  }

  @Test
  void ofTwoThatWaitTheEarlierOneIsFirstAndReservesWhatItMayNeed() {
    accepted("fixed", 0, 9 * MIB);
    var one = files("one", 1);
    var two = files("two", 2);
    has("one", MIB);
    has("two", MIB);
    accepted("more", 0, 2 * MIB);
    assertThat(look(two)).isPresent();
    assertThat(look(one)).isPresent();
    bytes.keySet().removeAll(Set.of("one", "two", "more"));
    records.keySet().removeAll(Set.of("one", "two", "more"));
    for (var i = 0; i < 3; i++) {
      assertThat(look(two)).isPresent();
    }
    assertThat(look(one)).isEmpty();
    for (var i = 0; i < 3; i++) {
      assertThat(look(two)).isPresent();
      assertThat(look(one)).isEmpty();
    }
  }

  @Test
  void whoHasEndedOrWillNotRunCountsNothing() {
    ended("over", 1, 20 * MIB);
    has("cancelled", 20 * MIB);
    job("cancelled", 2, "{files: {paths: [x]}}, cancel: true", "");
    assertThat(look(files("c", 3))).isEmpty();
  }

  @Test
  void whatIsKeptOfJobsThatEndedGoesAsFarAsOthersNeedTheRoom() {
    ended("first", 1, 4 * MIB);
    ended("second", 2, 4 * MIB);
    ended("third", 3, 2 * MIB);
    assertThat(look(files("c", 4))).isEmpty();
    assertThat(records).containsKeys("first", "second", "third");

    has("c", 3 * MIB);
    assertThat(look(files("c", 4))).isEmpty();
    assertThat(records).containsOnlyKeys("second", "third", "c");

    job("again", 5, "{rerun: {job: second}}", "");
    has("c", 5 * MIB);
    assertThat(look(files("c", 4))).isEmpty();
    assertThat(records).as("second is being read").containsOnlyKeys("second", "c");
  }

  /** It is for the one who looks at its records to say so, and they must be there. */
  @Test
  void whatNoSplitterWritesIsNoMatterOfShares() {
    accepted("a", 1, 10 * MIB);
    var flooded = files("c", 3);
    has("c", MIB);
    records.put("c", Splitting.MOST_RECORDS + 1);
    assertThat(look(flooded)).isEmpty();
    assertThat(records).containsKey("c");
  }

  @Test
  void aJobThatIsSuspendedOrNotLookedAtHoldsUpNobody() {
    var old = files("old", 1);
    has("old", 2 * MIB);
    accepted("fixed", 0, 10 * MIB);
    assertThat(look(old)).isPresent();
    accepted("fixed", 0, 9 * MIB);
    var next = files("next", 2);
    assertThat(look(next)).isPresent();
    var suspended = job("old", 1, "{files: {paths: [x]}}, suspend: true", "");
    assertThat(look(suspended)).isEmpty();
    assertThat(look(next)).isEmpty();
  }

  @Test
  void withoutAShareOrWithoutTheQueueThereIsRoom() {
    accepted("a", 1, 1L << 30);
    assertThat(look(files("c", 3), new Share(1, 1, 0, 0))).isEmpty();

    var away =
        new SplitRoom(
            () -> {
              throw new QueueUnavailableException("away", null);
            });
    assertThat(away.look(files("c", 3), Stream.of(), TEN_MIB, now)).isEmpty();
  }
}
