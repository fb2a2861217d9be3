package dev.batchapi.queue.jetstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.batchapi.contract.RunSpec.RateLimit;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.Rate;
import dev.batchapi.queue.RateContract;
import dev.batchapi.queue.Reservation.Made;
import dev.batchapi.queue.Waiting;
import dev.batchapi.queue.WorkQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JetStreamRateIT extends RateContract {
  private static final JetStreamSettings SETTINGS =
      JetStreamSettings.DEFAULT.withPatience(Duration.ofSeconds(20));
  private static final Rate RATE = new Rate(new RateLimit(20, 5), 200);
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static NatsServer server;
  private static JetStreamLedger ledger;

  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeAll
  static void start() {
    server = NatsServer.start();
    ledger = JetStreamLedger.connect(server.owner(), SETTINGS);
  }

  @AfterAll
  static void stop() {
    ledger.close();
    server.close();
  }

  @AfterEach
  void close() throws Exception {
    for (var one : open) {
      one.close();
    }
  }

  @Override
  protected Ledger ledger() {
    return ledger;
  }

  @Override
  protected WorkQueue worker(String ofJob) {
    return worker(ofJob, SETTINGS);
  }

  private WorkQueue worker(String ofJob, JetStreamSettings settings) {
    var queue =
        JetStreamWorkQueue.connect(server.worker(ofJob), ofJob, Integer.MAX_VALUE, settings);
    open.add(queue);
    return queue;
  }

  @Override
  protected long nanos() {
    return System.nanoTime();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "-9223372036854775808", "9223372036854775807", "{\"end\":1}"})
  void garbageCostsNoCallMoreAndStopsNothing(String garbage) throws Exception {
    var queue = worker(job);
    var before = (Made) queue.reserve(RATE, 25);
    var owner = NatsConnection.open(server.owner(), SETTINGS.patience(), null);
    open.add(owner);
    owner.jetStream().publish(Subjects.rate(job), garbage.getBytes(UTF_8));
    var reserved = (Made) queue.reserve(RATE, 1);
    assertThat(reserved.due(0) - System.nanoTime()).isLessThanOrEqualTo(2 * SECOND);
    if (!garbage.startsWith("-")) { // what looks like a record is one
      assertThat(reserved.due(0) - before.due(4)).isPositive();
    }
    assertThat(worker(job).reserve(RATE, 1)).isInstanceOf(Made.class);
  }

  @Test
  void theOwnerHearsOfAWaitAndInWhichWords() {
    assertThat(ledger.waiting(job)).isEmpty();
    worker(job).tellWaiting(Waiting.For.RateLimit, "");
    worker(job).tellWaiting(Waiting.For.RetryLater, "\u0000 the service is busy ".repeat(1000));
    var told = ledger.waiting(job).orElseThrow();
    assertThat(told.what()).isEqualTo(Waiting.For.RetryLater);
    assertThat(told.at()).isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));
    worker(job).tellWaiting(Waiting.For.RetryLater, "the service is busy");
    assertThat(ledger.waiting(job).orElseThrow().why()).isEqualTo("the service is busy");

    assertThat(ledger.jobs()).contains(job);
    ledger.retire(job);
    ledger.remove(job);
    assertThat(ledger.waiting(job)).isEmpty();
    assertThat(ledger.jobs()).doesNotContain(job);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "[]", "{\"for\":\"Nothing\"}", "{\"why\":1}"})
  void garbageIsNoWait(String garbage) throws Exception {
    var owner = NatsConnection.open(server.owner(), SETTINGS.patience(), null);
    open.add(owner);
    owner.jetStream().publish(Subjects.waiting(job), garbage.getBytes(UTF_8));
    assertThat(ledger.waiting(job)).isEmpty();
  }

  @Test
  void aServerThatIsKilledKnowsWhatWasReserved() throws Exception {
    var queue = worker(job);
    var before = (Made) queue.reserve(RATE, 105);
    server.kill();
    server.restart();
    var fresh = (Made) worker(job).reserve(RATE, 10);
    var own = (Made) queue.reserve(RATE, 10);
    assertThat(fresh.end() - before.end()).isEqualTo(10 * SECOND / 20);
    assertThat(own.end() - before.end()).isEqualTo(20 * SECOND / 20);
  }

  @Test
  void nothingIsReservedWhileTheServerIsAway() throws Exception {
    var impatient = worker(job, SETTINGS.withPatience(Duration.ofSeconds(1)));
    var before = (Made) impatient.reserve(RATE, 25);
    server.kill();
    assertThatThrownBy(() -> impatient.reserve(RATE, 1))
        .isInstanceOf(QueueUnavailableException.class)
        .hasMessageContaining("reserve permits");
    impatient.giveBack(before, 1);
    server.restart();
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptionsInstanceOf(QueueUnavailableException.class)
        .until(() -> ((Made) impatient.reserve(RATE, 1)).end() - before.end() > 0);
  }

  @Test
  void aStreamThatIsGoneIsMadeAgainAndItsWorkersKnowWhatTheyReserved() throws Exception {
    var queue = worker(job);
    var before = (Made) queue.reserve(RATE, 105);
    var owner = NatsConnection.open(server.owner(), SETTINGS.patience(), null);
    open.add(owner);
    owner.management().deleteStream(Subjects.RATE);
    assertThat(((Made) queue.reserve(RATE, 10)).end() - before.end()).isEqualTo(10 * SECOND / 20);
  }
}
