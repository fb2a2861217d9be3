package dev.batchapi.queue.jetstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.SaidProgress;
import dev.batchapi.queue.Waiting;
import io.nats.client.impl.Headers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A job's credentials write headers that the server itself puts on what it answers. */
@Timeout(120)
class ForgedHeadersIT {
  private static final JetStreamSettings SETTINGS =
      JetStreamSettings.DEFAULT.withPatience(Duration.ofSeconds(20));
  private static final AtomicInteger JOBS = new AtomicInteger();

  private static NatsServer server;
  private static JetStreamLedger ledger;

  private final String job = "J" + JOBS.incrementAndGet();

  @BeforeAll
  static void start() {
    server = NatsServer.startUnsynced();
    ledger = JetStreamLedger.connect(server.owner(), SETTINGS);
  }

  @AfterAll
  static void stop() {
    ledger.close();
    server.close();
  }

  @BeforeEach
  void aJobRuns() {
    ledger.enqueue(job, Batches.of(2, index -> "[1]".getBytes(UTF_8)));
  }

  private static void write(
      NatsAccess access, String inbox, String subject, Headers headers, String body)
      throws Exception {
    try (var forger =
        new BareClient(
            access, inbox, options -> options.dataPortType(ForgingPort.class.getName()))) {
      // The stream's answer: from here on it can be read.
      var taken =
          forger.nats().request(subject, headers, body.getBytes(UTF_8), Duration.ofSeconds(10));
      assertThat(taken).as("answer for %s", subject).isNotNull();
    }
  }

  private void writeAsWorker(String subject, Headers headers, String body) throws Exception {
    write(server.worker(job), Subjects.inboxPrefix(job), subject, headers, body);
  }

  private void writeAsSplitter(String subject, Headers headers, String body) throws Exception {
    write(server.splitter(job), Subjects.splitterInboxPrefix(job), subject, headers, body);
  }

  private static Headers attempt(int attempt, String name, String value) {
    return new Headers().put("Program-Attempt", Integer.toString(attempt)).put(name, value);
  }

  /** Asked until it is there: who reads it does not wait for what is only good to know. */
  private static void assertSaidNow(Supplier<@Nullable SaidProgress> said, String body) {
    var now = Objects.requireNonNull(await().until(said::get, Objects::nonNull));
    assertThat(now.body()).asString(UTF_8).isEqualTo(body);
    assertThat(now.at()).isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
  }

  @ParameterizedTest
  @CsvSource({
    "Nats-Time-Stamp, x",
    "Nats-Time-Stamp, 2999-01-01T00:00:00Z",
    "Nats-Subject, y",
    "Nats-Sequence, x",
    "Nats-Sequence, 999999",
    "Status, 500",
    "Status, 404",
    // The server takes a status away; jnats would believe it.
    "X-Line, 404 Message Not Found",
    "X-Line, 408 Bad Request",
    "X-Line, 503 Gone",
  })
  void theServersOwnAreRead(String name, String value) throws Exception {
    var began = System.nanoTime();
    writeAsWorker(
        Subjects.waiting(job),
        new Headers().put(name, value),
        new String(WaitingRecord.body(Waiting.For.RetryLater, "busy"), UTF_8));
    assertThat(await().until(() -> ledger.waiting(job), Optional::isPresent))
        .hasValueSatisfying(
            waiting -> {
              assertThat(waiting.why()).isEqualTo("busy");
              assertThat(waiting.at()).isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
            });
    var splits = ledger.splits();
    writeAsWorker(Subjects.workerProgress(job), attempt(ProgressRecord.NONE, name, value), "slow");
    assertSaidNow(() -> splits.waitsForStore(job), "slow");
    writeAsSplitter(Subjects.splitProgress(job), attempt(3, name, value), "{}");
    assertSaidNow(() -> splits.splitProgress(job, 3), "{}");
    writeAsSplitter(Subjects.split(job, 3, "end"), new Headers().put(name, value), "the end");
    assertThat(splits.read(job, 3, "end")).asString(UTF_8).isEqualTo("the end");
    var outcome = OutcomeRecord.headers(Outcome.succeeded(1, "7".getBytes(UTF_8))).put(name, value);
    writeAsWorker(Subjects.out(job, 0), outcome, "7");
    var read = Objects.requireNonNull(ledger.outcome(job, 0));
    assertThat(read.body()).asString(UTF_8).isEqualTo("7");
    assertThat(ledger.counts(job).succeeded()).isEqualTo(1);
    assertThat(System.nanoTime() - began)
        .as("none is asked for again and again")
        .isLessThan(SETTINGS.patience().toNanos());
  }

  /**
   * The reader of the client ended at them, and with it all that the operator knows of all jobs.
   */
  @Test
  void thoseThatNobodyCanReadAreGarbageOfTheirJobAlone() throws Exception {
    var headers = new Headers().put(ForgingPort.UNREADABLE, "x");
    writeAsWorker(
        Subjects.waiting(job),
        headers,
        new String(WaitingRecord.body(Waiting.For.RateLimit, ""), UTF_8));
    writeAsWorker(Subjects.workerProgress(job), headers, "slow");
    writeAsWorker("try." + job + ".0", headers, "");
    writeAsWorker(Subjects.out(job, 0), headers, "7");
    writeAsSplitter(Subjects.split(job, 3, "end"), headers, "the end");

    assertThat(ledger.waiting(job)).hasValueSatisfying(w -> assertThat(w.why()).isEmpty());
    assertThat(ledger.splits().waitsForStore(job)).isNull();
    assertThat(ledger.splits().read(job, 3, "end")).asString(UTF_8).isEqualTo("the end");
    assertThat(ledger.counts(job).failed()).isEqualTo(1);
    assertThat(ledger.usage(job).garbage()).isEqualTo(2);
    var other = "other-" + job;
    ledger.enqueue(other, Batches.of(1, index -> "[1]".getBytes(UTF_8)));
    assertThat(ledger.counts(other).done()).isZero();
    ledger.outcomes(job, (index, outcome) -> assertThat(index).isZero());
    try (var owner = JetStreamLedger.connect(server.owner(), SETTINGS)) {
      owner.open(job, 2);
      assertThat(owner.counts(job)).isEqualTo(ledger.counts(job));
    }
  }
}
