package dev.batchapi.operator.job.accept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.data.split.ChunkSink;
import dev.batchapi.operator.OperatorSettings;
import dev.batchapi.operator.queue.JobQueue;
import dev.batchapi.queue.QueueFullException;
import dev.batchapi.queue.jetstream.NatsServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Ten jobs of one namespace have compressed files of 16 MiB each, and on a real server there are
 * 100 MiB for where batches lie, 50 of them for one namespace.
 */
@Timeout(240)
class SplitRoomIT {
  private static final int CHUNKS = 32;
  private static final int BETWEEN_LOOKS = 6;
  private static final byte[] CHUNK = new byte[ChunkSink.CHUNK - 1000];
  private static final long MIB = 1 << 20;

  private final NatsServer server = NatsServer.prepare();
  private final OperatorSettings settings =
      OperatorSettings.from(
          Map.of(
              "BATCHAPI_NATS_URL", server.url(),
              "BATCHAPI_RUNTIME_IMAGE", "runtime:1",
              "BATCHAPI_QUEUE_MIB", "500"));
  private final JobQueue queue = JobQueue.start(settings, server.accounts());
  private final SplitRoom room = new SplitRoom(queue::splits, 16 * MIB);
  private final List<BatchJob> jobs =
      IntStream.range(0, 10)
          .mapToObj(i -> job("a" + i, "2026-01-01T07:00:0%dZ".formatted(i)))
          .toList();
  private final Map<String, Integer> written = new HashMap<>();
  private final Map<String, Integer> dropped = new HashMap<>();
  private Instant now = Instant.parse("2026-01-01T08:00:00Z");

  private static BatchJob job(String uid, String created) {
    return Serialization.unmarshal(
        """
        metadata: {name: %1$s, uid: %1$s, namespace: a, creationTimestamp: "%2$s"}
        spec: {apiName: tagger, input: {files: {paths: ["s3://b/*.gz"]}}}
        status: {}
        """
            .formatted(uid, created),
        BatchJob.class);
  }

  @BeforeEach
  void theServerRuns() {
    server.restart();
    await().atMost(Duration.ofSeconds(60)).until(queue::connected);
  }

  @AfterEach
  void close() {
    queue.close();
    server.close();
  }

  private static boolean isAccepted(BatchJob job) {
    return Acceptance.isAccepted(job);
  }

  private void becomes(BatchJob job, String status) {
    job.setStatus(Serialization.unmarshal("status: " + status, BatchJob.class).getStatus());
  }

  private void accept(BatchJob job) {
    becomes(job, "{acceptedTime: \"2026-01-01T07:30:00Z\", queueBytes: %d}".formatted(16 * MIB));
    room.forget(job.getMetadata().getUid());
  }

  /** One that failed: what it has stays in the queue. */
  private void end(BatchJob job) {
    becomes(
        job,
        """
        {acceptedTime: "2026-01-01T07:30:00Z", completionTime: "%s", queueBytes: %d, conditions: [{type: Finished, status: "True", reason: BatchesFailed, message: "", lastTransitionTime: "2026-01-01T07:40:00Z"}]}
        """
            .formatted(now, 16 * MIB));
  }

  private long all() {
    return queue.splits().written().keySet().stream().mapToLong(queue.splits()::bytes).sum();
  }

  private void pass(BatchJob job) {
    var uid = job.getMetadata().getUid();
    now = now.plusSeconds(2);
    var share = Share.of(Map.of(), settings);
    var lacking = room.look(job, jobs.stream(), share, now);
    if (lacking.isPresent()) {
      if (lacking.get().begun()) {
        queue.splits().forget(uid);
        written.remove(uid);
        dropped.merge(uid, 1, Integer::sum);
      }
      return;
    }
    for (var i = 0; i < BETWEEN_LOOKS && written.getOrDefault(uid, 0) < CHUNKS; i++) {
      queue.splits().write(uid, written.getOrDefault(uid, 0).toString(), CHUNK);
      written.merge(uid, 1, Integer::sum);
    }
    if (written.getOrDefault(uid, 0) == CHUNKS) {
      accept(job);
    }
  }

  @Test
  void theJobsOfOneNamespaceLeaveRoomForAnothers() {
    for (var i = 0; i < 20; i++) {
      jobs.stream().filter(job -> !isAccepted(job)).forEach(this::pass);
      assertThat(all()).isLessThan((50 + 16 + 2) * MIB);
    }
    assertThat(jobs.stream().filter(SplitRoomIT::isAccepted)).hasSize(4);

    for (var i = 0; i < CHUNKS; i++) {
      queue.splits().write("b", Integer.toString(i), CHUNK);
    }
    queue.splits().forget("b");

    for (var rounds = 0;
        rounds < 100 && !jobs.stream().allMatch(SplitRoomIT::isAccepted);
        rounds++) {
      jobs.stream()
          .filter(job -> isAccepted(job) && job.getStatus().completionTime() == null)
          .findFirst()
          .ifPresent(this::end);
      jobs.stream().filter(job -> !isAccepted(job)).forEach(this::pass);
      assertThat(all()).isLessThan((50 + 16 + 2) * MIB);
    }
    assertThat(jobs).allMatch(SplitRoomIT::isAccepted);
    assertThat(dropped.values()).allMatch(times -> times <= 1);
  }

  /** What it is for: without a share the queue is full for all. */
  @Test
  void withoutAShareTheyFillIt() {
    assertThatThrownBy(
            () ->
                Stream.of(0, 1, 2, 3, 4, 5, 6, 7)
                    .forEach(
                        job ->
                            IntStream.range(0, CHUNKS)
                                .forEach(
                                    i ->
                                        queue
                                            .splits()
                                            .write("a" + job, Integer.toString(i), CHUNK))))
        .isInstanceOf(QueueFullException.class);
  }
}
