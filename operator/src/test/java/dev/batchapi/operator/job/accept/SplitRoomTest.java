package dev.batchapi.operator.job.accept;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.operator.job.program.WrittenRecords;
import dev.batchapi.queue.QueueUnavailableException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** With records of half a MiB, and a share of 10 MiB. */
class SplitRoomTest {
  private static final Share TEN_MIB = new Share(100, 1_000, 0, 10 << 20);

  private final Map<String, Integer> records = new HashMap<>();
  private final SplitRoom room = new SplitRoom(Written::new);
  private Instant now = Instant.parse("2026-01-01T08:00:00Z");

  private final class Written extends WrittenRecords {
    @Override
    public Map<String, Integer> written() {
      return Map.copyOf(records);
    }
  }

  private static BatchJob job(String uid, int second, String input) {
    return Serialization.unmarshal(
        """
        metadata: {name: %1$s, uid: %1$s, namespace: vision, creationTimestamp: "2026-01-01T07:00:%2$02dZ"}
        spec: {apiName: tagger, input: %3$s}
        """
            .formatted(uid, second, input),
        BatchJob.class);
  }

  private static BatchJob files(String uid, int second) {
    return job(uid, second, "{files: {paths: [\"s3://b/*.gz\"]}}");
  }

  private static BatchJob accepted(String uid, int second, long queueBytes) {
    var job = files(uid, second);
    job.setStatus(
        new BatchJobStatus(
            List.of(),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            "2026-01-01T07:30:00Z",
            "digest",
            null,
            null,
            queueBytes,
            null));
    return job;
  }

  private Optional<SplitRoom.Lacking> look(BatchJob job, long before, BatchJob... others) {
    now = now.plusSeconds(2); // what the queue has is asked for every two seconds
    return room.look(job, before, Stream.of(others), TEN_MIB, now);
  }

  @Test
  void aJobWaitsWhileWhatOthersHaveLeavesNoRoom() {
    records.putAll(Map.of("a", 10, "b", 9));
    var one = accepted("a", 1, 100 << 20);
    var other = accepted("b", 2, 100 << 20);

    assertThat(look(files("c", 3), 0, one, other)).isEmpty();
    records.put("b", 10);
    assertThat(look(files("c", 3), 0, one, other))
        .hasValueSatisfying(
            lacking -> {
              assertThat(lacking.needed()).isZero();
              assertThat(lacking.message())
                  .contains(
                      "\"vision\" lie takes 10 MiB", "may have 10 (batchapi.dev/max-split-mib)");
            });
    assertThat(look(job("c", 3, "{count: 3}"), 0, one, other)).as("it takes none").isEmpty();
    assertThat(look(job("c", 3, "{rerun: {job: a}}"), 0, one, other)).isPresent();
  }

  /** Many small jobs have a record each that is not full. */
  @Test
  void anAcceptedJobHasNoMoreThanItsStatusSays() {
    records.putAll(Map.of("a", 20, "b", 2));
    assertThat(look(files("c", 3), 0, accepted("a", 1, 1000), accepted("b", 2, 1000))).isEmpty();
  }

  @Test
  void theYoungerOneMakesRoomAndBeginsAgainWhenThereIsEnough() {
    records.putAll(Map.of("old", 12, "young", 9));
    var old = files("old", 1);
    var young = files("young", 2);

    assertThat(look(old, 0, old, young)).isEmpty();
    var lacking = look(young, 0, old, young).orElseThrow();
    assertThat(lacking.needed()).isEqualTo(9 * 512 * 1024);

    records.remove("young");
    assertThat(look(young, lacking.needed(), old, young)).isPresent();
    records.put("old", 11);
    assertThat(look(young, lacking.needed(), old, young)).isEmpty();
  }

  @Test
  void aJobThatIsLargerThanTheShareIsToldTheWayOut() {
    records.put("c", 21);
    assertThat(look(files("c", 3), 0))
        .hasValueSatisfying(
            lacking ->
                assertThat(lacking.message())
                    .contains("more of the queue than the 10 MiB", "unpack"));
  }

  @Test
  void withoutAShareOrWithoutTheQueueThereIsRoom() {
    records.put("a", 100);
    var other = accepted("a", 1, 1L << 30);
    var any = new Share(1, 1, 0, 0);
    assertThat(room.look(files("c", 3), 0, Stream.of(other), any, now)).isEmpty();

    var away =
        new SplitRoom(
            () -> {
              throw new QueueUnavailableException("away", null);
            });
    assertThat(away.look(files("c", 3), 0, Stream.of(other), TEN_MIB, now)).isEmpty();
  }
}
