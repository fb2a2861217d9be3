package dev.batchapi.queue.jetstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.Outcome;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.StreamInfoOptions;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the credentials of one job can write that no worker of ours would. */
@Timeout(300)
class ForeignRecordsIT {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final JetStreamSettings SETTINGS =
      JetStreamSettings.DEFAULT
          .withLease(Duration.ofSeconds(30))
          .withPatience(Duration.ofMinutes(1))
          .withTryBytes(200_000);

  private final NatsServer server = NatsServer.startUnsynced();
  private final JetStreamLedger ledger = JetStreamLedger.connect(server.owner(), SETTINGS);
  private final NatsConnection attacker =
      NatsConnection.open(server.worker("bad"), SETTINGS.patience(), Subjects.inboxPrefix("bad"));

  @AfterEach
  void close() {
    attacker.close();
    ledger.close();
    server.close();
  }

  private static Batches batches(int count) {
    return Batches.of(count, index -> "[1]".getBytes(UTF_8));
  }

  private static Headers outcome(int attempts, int failures) {
    return new Headers()
        .put("Batch-Outcome", "FAILED")
        .put("Batch-Attempts", Integer.toString(attempts))
        .put("Batch-Failures", Integer.toString(failures));
  }

  private static Headers attempts(int failures, int losses) {
    return new Headers()
        .put("Batch-Failures", Integer.toString(failures))
        .put("Batch-Losses", Integer.toString(losses));
  }

  private void write(String subject, Headers headers) throws IOException, JetStreamApiException {
    attacker.jetStream().publish(subject, headers, new byte[0]);
  }

  private long stored(String stream, String filter) throws IOException, JetStreamApiException {
    try (var nats = NatsConnection.open(server.owner(), SETTINGS.patience(), null)) {
      return nats.management()
          .getStreamInfo(stream, StreamInfoOptions.filterSubjects(filter))
          .getStreamState()
          .getSubjects()
          .size();
    }
  }

  @Test
  void indicesAndNumbersThatCannotBeAreGarbage() throws Exception {
    ledger.enqueue("bad", batches(5));
    write("out.bad.2147483646", outcome(1, 1));
    write("out.bad.5", outcome(1, 1));
    write("out.bad.007", outcome(1, 1));
    write("out.bad.+3", outcome(1, 1));
    write("out.bad.0", outcome(Integer.MAX_VALUE, Integer.MAX_VALUE));
    write("out.bad.1", outcome(3, 3));
    write("try.bad.2147483646", attempts(1, 1));
    write("try.bad.2", attempts(Integer.MAX_VALUE, 0));
    write("try.bad.3", attempts(0, Integer.MAX_VALUE));
    write("try.bad.4", attempts(-1, 0));
    write("try.bad.1", attempts(3, 0));
    var expected = new Counts(0, 2, 4, 0, Optional.empty(), Optional.empty());
    assertThat(ledger.counts("bad")).isEqualTo(expected);
    assertThat(ledger.usage("bad").garbage()).isEqualTo(9);
    assertThat(ledger.failed("bad", 10)).containsExactly(0, 1);
    // And so says an owner that starts now.
    try (var other = JetStreamLedger.connect(server.owner(), SETTINGS)) {
      other.open("bad", 5);
      assertThat(other.counts("bad")).isEqualTo(expected);
      assertThat(other.usage("bad").garbage()).isEqualTo(9);
    }
  }

  @Test
  void manyRecordsOfOneJobHinderNoOther() throws Exception {
    var records = 100_000;
    ledger.enqueue("bad", batches(5));
    ledger.enqueue("good", batches(2));
    var headers = outcome(1, 1);
    for (var i = 0; i < records; i++) {
      attacker.connection().publish("out.bad." + (1_000_000 + i), headers, new byte[10]);
    }
    attacker.connection().flush(LONG);
    try (var good = JetStreamWorkQueue.connect(server.worker("good"), "good", 2, SETTINGS)) {
      for (var i = 0; i < 2; i++) {
        var lease = good.lease(LONG).orElseThrow();
        assertThat(lease.commit(Outcome.succeeded(1, new byte[] {'1'}))).isTrue();
      }
    }
    assertThat(ledger.counts("good").succeeded()).isEqualTo(2);
    assertThat(ledger.counts("bad")).isEqualTo(Counts.NONE);
    assertThat(ledger.usage("bad").garbage()).isEqualTo(records);
    assertThat(ledger.usage("bad").garbageBytes()).isBetween(100L * records, 300L * records);
    try (var other = JetStreamLedger.connect(server.owner(), SETTINGS)) {
      assertThat(other.jobs()).containsExactlyInAnyOrder("bad", "good");
      other.open("good", 2);
      assertThat(other.counts("good").succeeded()).isEqualTo(2);
      other.remove("bad");
      assertThat(other.jobs()).containsExactly("good");
    }
    assertThat(stored(Subjects.OUT, "out.bad.>")).isZero();
  }

  @Test
  void whatAJobThatNobodyKnowsHasWrittenIsFoundAndRemoved() throws Exception {
    for (var subject : List.of("out.bad.>", "out.bad.*", "out.bad.x", "try.bad.>", "try.bad.*")) {
      attacker.connection().publish(subject, new byte[3]);
    }
    write("try.bad.7", attempts(1, 1));
    await().atMost(LONG).until(() -> ledger.jobs().contains("bad"));
    assertThat(ledger.usage("bad").bytes()).as("kept of it").isZero();
    try (var other = JetStreamLedger.connect(server.owner(), SETTINGS)) {
      assertThat(other.jobs()).containsExactly("bad");
      other.remove("bad");
      assertThat(other.jobs()).isEmpty();
    }
    assertThat(stored(Subjects.OUT, ">")).isZero();
    assertThat(stored(Subjects.TRY, ">")).isZero();
  }

  @Test
  void aFullStreamOfAttemptsForgetsNothingOfOtherJobs() throws Exception {
    ledger.enqueue("good", batches(1));
    try (var good =
        NatsConnection.open(
            server.worker("good"), SETTINGS.patience(), Subjects.inboxPrefix("good"))) {
      good.jetStream().publish("try.good.0", attempts(1, 0), new byte[100]);
      assertThatThrownBy(
              () -> {
                for (var i = 0; i < 10_000; i++) {
                  attacker.jetStream().publish("try.bad." + i, attempts(1, 0), new byte[1000]);
                }
              })
          .isInstanceOf(JetStreamApiException.class)
          .hasMessageContaining("maximum bytes");
      assertThat(ledger.counts("good").failedAttempts()).isEqualTo(1);
      assertThat(stored(Subjects.TRY, "try.good.*")).isEqualTo(1);
      good.jetStream().publish("try.good.0", attempts(2, 0), new byte[100]);
    }
    assertThat(ledger.counts("good").failedAttempts()).as("written over though full").isEqualTo(2);
  }

  @Test
  void messagesThatNoWorkerOfOursWritesAreTooLarge() {
    for (var subject : List.of("out.bad.0", "try.bad.0")) {
      assertThatThrownBy(() -> attacker.jetStream().publish(subject, new byte[300 * 1024]))
          .isInstanceOf(JetStreamApiException.class)
          .hasMessageContaining("message size exceeds maximum allowed");
    }
  }

  @Test
  void attemptsThatTellNothingNewAreCounted() throws Exception {
    ledger.enqueue("bad", batches(5));
    for (var i = 0; i < 3000; i++) {
      attacker.connection().publish("try.bad.0", attempts(1, 0), new byte[10]);
    }
    attacker.connection().flush(LONG);
    assertThat(ledger.counts("bad").failedAttempts()).isEqualTo(1);
    assertThat(ledger.usage("bad").garbage()).isZero();
    assertThat(ledger.usage("bad").idle()).isPositive();
  }
}
