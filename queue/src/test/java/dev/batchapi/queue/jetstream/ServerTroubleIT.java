package dev.batchapi.queue.jetstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.batchapi.contract.Payload;
import dev.batchapi.queue.Attempts;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.QueueFullException;
import dev.batchapi.queue.QueueUnavailableException;
import io.nats.client.JetStreamManagement;
import io.nats.client.impl.Headers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that are killed, absent, full, emptied, or filled with garbage. */
@Timeout(300)
class ServerTroubleIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final JetStreamSettings SETTINGS =
      JetStreamSettings.DEFAULT
          .withLease(Duration.ofSeconds(2))
          .withPatience(Duration.ofSeconds(20));
  private static final int KILLS = 4;
  private static final int WORKERS = 2;
  private static final JetStreamSettings IMPATIENT = SETTINGS.withPatience(Duration.ofSeconds(1));

  private final List<AutoCloseable> open = new ArrayList<>();
  private final NatsServer server = NatsServer.prepare();

  @AfterEach
  void close() throws Exception {
    for (var one : open.reversed()) {
      one.close();
    }
    server.close();
  }

  private <T extends AutoCloseable> T closing(T one) {
    open.add(one);
    return one;
  }

  private JetStreamLedger ledger(JetStreamSettings settings) {
    return closing(JetStreamLedger.connect(server.owner(), settings));
  }

  private JetStreamWorkQueue worker(String job, JetStreamSettings settings) {
    return closing(
        JetStreamWorkQueue.connect(server.worker(job), job, Integer.MAX_VALUE, settings));
  }

  private NatsConnection nats() {
    return closing(NatsConnection.open(server.owner(), SETTINGS.patience(), null));
  }

  private JetStreamManagement management() {
    return nats().management();
  }

  private static Batches batches(int count, int size) {
    return Batches.of(count, index -> new byte[size]);
  }

  private static Lease take(JetStreamWorkQueue queue) throws InterruptedException {
    return queue.lease(LONG).orElseThrow(() -> new AssertionError("no batch came"));
  }

  private static Outcome ok() {
    return Outcome.succeeded(1, "1".getBytes(UTF_8));
  }

  private static BatchError error(String message) {
    return BatchError.of(BatchError.Reason.HandlerFailed, message);
  }

  @Test
  void everyBatchHasExactlyOneOutcomeThoughTheServerIsKilledAgainAndAgain() throws Exception {
    server.restart();
    var jobs = List.of("a", "b", "c");
    var total = 1500;
    var ledger = ledger(SETTINGS);
    var stood = new ConcurrentHashMap<String, AtomicInteger>();
    var handedOut = new ConcurrentHashMap<String, AtomicInteger>();
    var finished = new AtomicBoolean();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new CopyOnWriteArrayList<Future<Boolean>>();
      for (var job : jobs) {
        stood.put(job, new AtomicInteger());
        handedOut.put(job, new AtomicInteger());
        ledger.open(job, total);
        // The owner repairs every now and then.
        running.add(
            threads.submit(
                () -> {
                  while (!finished.get() && ledger.counts(job).done() < total) {
                    retrying(() -> ledger.enqueue(job, batches(total, 200)));
                  }
                  return true;
                }));
        for (var i = 0; i < WORKERS; i++) {
          var queue = worker(job, SETTINGS);
          running.add(
              threads.submit(() -> work(queue, handedOut.get(job), stood.get(job), finished)));
        }
      }
      for (var kills = 0; kills < KILLS; kills++) {
        var some = (kills + 1) * 300;
        await().atMost(LONG).until(() -> done(stood) > some);
        server.kill();
        server.restart();
      }
      await().atMost(LONG).until(() -> done(stood) >= total * jobs.size());
      finished.set(true);
      for (var one : running) {
        assertThat(one.get(60, TimeUnit.SECONDS)).isTrue();
      }
    }
    for (var job : jobs) {
      var seen = ConcurrentHashMap.<Integer>newKeySet();
      ledger.outcomes(job, (index, outcome) -> assertThat(seen.add(index)).isTrue());
      assertThat(seen).hasSize(total);
      assertThat(ledger.counts(job))
          .usingRecursiveComparison()
          .ignoringFields("lost", "last")
          .isEqualTo(new Counts(total, 0, 0, 0, Optional.empty(), Optional.empty()));
      // Each commit that was told to stand does, and no other.
      assertThat(stood.get(job)).hasValue(total);
      // A kill costs the batches that were in hands or on their way, and no others.
      var again = Objects.requireNonNull(handedOut.get(job)).get() - total;
      assertThat(again).as("handed out again").isBetween(0, 2 * KILLS * WORKERS);
      assertThat(ledger.counts(job).lost()).isBetween(0, 2 * KILLS * WORKERS);
    }
    // Another owner, who starts now, counts the same.
    try (var second = JetStreamLedger.connect(server.owner(), SETTINGS)) {
      second.open("a", total);
      assertThat(second.counts("a")).isEqualTo(ledger.counts("a"));
    }
  }

  private static int done(Map<String, AtomicInteger> stood) {
    return stood.values().stream().mapToInt(AtomicInteger::get).sum();
  }

  private static boolean work(
      JetStreamWorkQueue queue,
      AtomicInteger handedOut,
      AtomicInteger stood,
      AtomicBoolean finished)
      throws Exception {
    while (!finished.get()) {
      retrying(
          () -> {
            var lease = queue.lease(Duration.ofMillis(300));
            lease.ifPresent(one -> handedOut.incrementAndGet());
            lease.ifPresent(Lease::attempts);
            if (lease.isPresent() && lease.get().commit(ok())) {
              stood.incrementAndGet();
            }
            return true;
          });
    }
    return true;
  }

  private interface Action {
    @Nullable Object run() throws Exception;
  }

  private static void retrying(Action action) throws Exception {
    try {
      action.run();
    } catch (QueueUnavailableException e) {
      // The caller's next round is the retry.
      assertThat(e).hasMessageNotContaining("null");
    }
  }

  @Test
  void whoStartsBeforeTheServerWaitsOrIsToldSo() throws Exception {
    assertThatThrownBy(() -> JetStreamLedger.connect(server.owner(), IMPATIENT))
        .isInstanceOf(QueueUnavailableException.class)
        .hasMessageContaining(server.url());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var ledger = threads.submit(() -> ledger(SETTINGS));
      var queue = threads.submit(() -> worker("j", SETTINGS));
      server.restart();
      ledger.get().enqueue("j", batches(1, 10));
      assertThat(take(queue.get()).commit(ok())).isTrue();
    }
  }

  @Test
  void callsAreBoundedWhileTheServerIsAwayAndWorkAfterwards() throws Exception {
    server.restart();
    var ledger = ledger(IMPATIENT);
    var queue = worker("j", IMPATIENT);
    ledger.enqueue("j", batches(2, 10));
    var held = take(queue);
    server.kill();
    held.renew();
    held.giveBack(Duration.ZERO); // may be on its way before the client has noticed
    assertThatThrownBy(
            () -> {
              while (true) { // until the client has noticed
                assertThat(queue.lease(Duration.ofMillis(100))).isEmpty();
              }
            })
        .isInstanceOf(QueueUnavailableException.class);
    for (var call :
        List.<Action>of(
            queue::ended,
            () -> held.recordFailure(error("x")),
            () -> held.commit(ok()),
            () -> ledger.counts("j"),
            () -> ledger.enqueue("j", batches(2, 10)),
            ledger::jobs,
            () -> ledger.outcome("j", 0))) {
      assertThatThrownBy(call::run).isInstanceOf(QueueUnavailableException.class);
    }
    server.restart();
    await()
        .atMost(LONG)
        .ignoreExceptionsInstanceOf(QueueUnavailableException.class)
        .until(
            () -> {
              // The commit that got no answer may stand all the same.
              queue.lease(Duration.ofMillis(100)).ifPresent(lease -> lease.commit(ok()));
              return ledger.counts("j").succeeded() == 2;
            });
  }

  @Test
  void aCommitThatWaitsForTheServerStands() throws Exception {
    server.restart();
    var ledger = ledger(SETTINGS);
    var queue = worker("j", SETTINGS);
    ledger.enqueue("j", batches(20, 10));
    for (var stood = 0; stood < 20; ) {
      var lease = take(queue);
      if (stood == 5) {
        server.kill();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
          var stands = threads.submit(() -> lease.commit(ok()));
          server.restart();
          assertThat(stands.get()).isTrue();
          stood++;
        }
      } else if (lease.commit(ok())) {
        stood++; // false: acknowledged work came back with the server, and found its outcome
      }
    }
    assertThat(ledger.counts("j").succeeded()).isEqualTo(20);
  }

  @Test
  void aRepeatedCommitKnowsItsOwnOutcome() throws Exception {
    server.restart();
    var ledger = ledger(SETTINGS);
    ledger.enqueue("j", batches(1, 10));
    var js = NatsConnection.open(server.owner(), SETTINGS.patience(), null);
    closing(js);
    var options = io.nats.client.PublishOptions.builder().messageId("mine").build();
    var headers = OutcomeRecord.headers(ok());
    js.jetStream().publish("out.j.0", headers, new byte[1], options);
    assertThat(js.jetStream().publish("out.j.0", headers, new byte[1], options).isDuplicate())
        .as("what a repetition relies on")
        .isTrue();
    assertThat(take(worker("j", SETTINGS)).commit(ok())).as("another's outcome").isFalse();
  }

  @Test
  void theOwnerNoticesStreamsThatWereDeletedAndEnqueuesAgain() throws Exception {
    server.restart();
    var ledger = ledger(SETTINGS);
    var queue = worker("j", SETTINGS);
    ledger.enqueue("j", batches(5, 10));
    take(queue).commit(ok());
    assertThat(ledger.counts("j").succeeded()).isEqualTo(1);
    var epoch = ledger.epoch();
    var told = ConcurrentHashMap.<String>newKeySet();
    ledger.onChange(told::add);
    var management = management();
    for (var stream : List.of(Subjects.WORK, Subjects.OUT, Subjects.TRY)) {
      management.deleteStream(stream);
    }
    await().atMost(LONG).until(() -> told.contains("j"));
    assertThat(ledger.epoch()).isGreaterThan(epoch);
    assertThat(ledger.counts("j")).isEqualTo(Counts.NONE);
    assertThat(ledger.enqueue("j", batches(5, 10))).isEqualTo(5);
    for (var i = 0; i < 5; i++) {
      assertThat(take(queue).commit(ok())).isTrue();
    }
    assertThat(ledger.counts("j").succeeded()).isEqualTo(5);
  }

  @Test
  void aServerThatLostItsDiskIsFilledAgain() throws Exception {
    server.restart();
    var ledger = ledger(SETTINGS);
    var queue = worker("j", SETTINGS);
    ledger.enqueue("j", batches(3, 10));
    take(queue).commit(ok());
    var epoch = ledger.epoch();
    server.kill();
    server.loseData();
    server.restart();
    await()
        .atMost(LONG)
        .ignoreExceptionsInstanceOf(QueueUnavailableException.class)
        .until(() -> ledger.enqueue("j", batches(3, 10)) == 3);
    assertThat(ledger.epoch()).isGreaterThan(epoch);
    for (var i = 0; i < 3; i++) {
      take(queue).commit(ok());
    }
    assertThat(ledger.counts("j").succeeded()).isEqualTo(3);
  }

  @Test
  void lostWorkIsRepairedByEnqueuingAgain() throws Exception {
    server.restart();
    var ledger = ledger(SETTINGS);
    var queue = worker("j", SETTINGS);
    ledger.enqueue("j", batches(4, 10));
    take(queue).commit(ok());
    management().purgeStream(Subjects.WORK);
    await().atMost(LONG).until(() -> ledger.enqueue("j", batches(4, 10)) == 3);
    for (var i = 0; i < 3; i++) {
      take(queue).commit(ok());
    }
    assertThat(ledger.counts("j").succeeded()).isEqualTo(4);
  }

  @Test
  void aFullQueueSaysSoAndTakesTheRestLater() throws Exception {
    server.restart();
    var settings = SETTINGS.withWorkBytes(100_000);
    var ledger = ledger(settings);
    var queue = worker("j", settings);
    assertThatThrownBy(() -> ledger.enqueue("j", batches(50, 10_000)))
        .isInstanceOf(QueueFullException.class)
        .hasMessageContaining("no room");
    var done = 0;
    while (done < 50) {
      take(queue).commit(ok());
      done++;
      try {
        ledger.enqueue("j", batches(50, 10_000));
      } catch (QueueFullException e) {
        assertThat(ledger.counts("j").succeeded()).isEqualTo(done);
      }
    }
    assertThat(ledger.counts("j").succeeded()).isEqualTo(50);
  }

  @Test
  void aJobCanBeEndedThoughThereIsNoRoomForAnythingElse() throws Exception {
    server.restart();
    var settings =
        new JetStreamSettings(SETTINGS.lease(), SETTINGS.patience(), 1, 100_000, 100_000, -1, -1);
    var ledger = ledger(settings);
    assertThatThrownBy(() -> ledger.enqueue("j", batches(50, 10_000)))
        .isInstanceOf(QueueFullException.class);
    var queue = worker("j", settings);
    var result = new byte[30_000];
    Arrays.fill(result, (byte) '1');
    assertThatThrownBy(
            () -> {
              while (true) {
                take(queue).commit(Outcome.succeeded(1, result));
              }
            })
        .isInstanceOf(QueueFullException.class);
    var filling = nats();
    assertThatThrownBy(
            () -> {
              for (var i = 0; ; i++) {
                filling.jetStream().publish("out.other." + i, new byte[50]);
              }
            })
        .hasMessageContaining("maximum bytes");

    var end = new End(End.Verdict.Cancelled, "By the user.", Instant.now());
    assertThat(ledger.end("j", end)).isEqualTo(end);

    assertThat(queue.ended()).isPresent();
    assertThat(ledger.counts("j").end()).isPresent();
    assertThat(filling.management().getStreamInfo(Subjects.OUT).getConfiguration().getMaxBytes())
        .isEqualTo(100_000);
    assertThatThrownBy(() -> filling.jetStream().publish("out.other.more", new byte[50]))
        .as("room for ends alone")
        .hasMessageContaining("maximum bytes");
  }

  @Test
  void payloadsUpToTheLimitGoThroughAndLargerOnesAreRefusedByName() throws Exception {
    server.restart();
    var ledger = ledger(SETTINGS);
    ledger.enqueue("j", batches(6, Payload.MAX_BYTES));
    var lease = take(worker("j", SETTINGS));
    assertThat(lease.payload()).hasSize(Payload.MAX_BYTES);
    lease.commit(Outcome.succeeded(1, new byte[256 * 1024]));
    assertThatThrownBy(() -> ledger.enqueue("k", batches(1, Payload.MAX_BYTES + 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Batch 0 of job k")
        .hasMessageContaining("1,048,577")
        .hasMessageContaining("1,048,576");
  }

  @Test
  void garbageInTheStreamsStopsNothing() throws Exception {
    server.restart();
    var ledger = ledger(SETTINGS);
    var queue = worker("j", SETTINGS);
    ledger.enqueue("j", batches(3, 10));
    var nats = closing(NatsConnection.open(server.owner(), SETTINGS.patience(), null));
    for (var index = 0; index < 3; index++) {
      nats.jetStream().publish("try.j." + index, "{\"attempts\":".getBytes(UTF_8));
    }
    nats.jetStream().publish("try.j.1", new Headers().put("Batch-Failures", "x"), new byte[3]);
    nats.jetStream().publish("try.x", new byte[0]);
    nats.jetStream().publish("try.j.-5", "{}".getBytes(UTF_8));
    nats.jetStream().publish("out.j.nonsense", new byte[9]);
    nats.jetStream().publish("out.j.2", "not ours".getBytes(UTF_8));
    nats.jetStream().publish("end.garbled", "{\"verdict\":7}".getBytes(UTF_8));
    for (var lease : List.of(take(queue), take(queue))) {
      assertThat(lease.recordFailure(error("x")).failures()).isEqualTo(1);
      lease.giveBack(Duration.ZERO);
    }
    var committed = 0;
    for (var i = 0; i < 3; i++) {
      var lease = take(queue);
      assertThat(lease.attempts().failures()).isLessThanOrEqualTo(1);
      committed += lease.commit(ok()) ? 1 : 0;
    }
    assertThat(committed).isEqualTo(2);
    assertThat(ledger.counts("j").succeeded()).isEqualTo(2);
    assertThat(ledger.counts("j").failed()).isEqualTo(1);
    assertThat(ledger.failed("j", 10)).containsExactly(2);
    var read = new ArrayList<Outcome.Kind>();
    ledger.outcomes("j", (index, outcome) -> read.add(outcome.kind()));
    assertThat(read).hasSize(3);
    ledger.open("garbled", 1);
    assertThat(ledger.counts("garbled").end()).isPresent();
    assertThat(ledger.usage("j").garbage()).isBetween(6L, 7L);
    assertThat(ledger.jobs()).contains("j", "garbled");
  }

  @Test
  void aLeaseThatRunsOutWhileItsWorkerIsCutOffGoesToAnother() throws Exception {
    server.restart();
    var ledger = ledger(SETTINGS);
    ledger.enqueue("j", batches(1, 10));
    var lost = JetStreamWorkQueue.connect(server.worker("j"), "j", Integer.MAX_VALUE, SETTINGS);
    take(lost);
    lost.close();
    var lease = take(worker("j", SETTINGS));
    assertThat(lease.attempts()).isEqualTo(new Attempts(0, 1, 0, List.of()));
    lease.commit(ok());
    assertThat(ledger.counts("j").lost()).isEqualTo(1);
  }

  @Test
  void renewingKeepsABatchBeyondItsLease() throws Exception {
    server.restart();
    var ledger = ledger(SETTINGS);
    ledger.enqueue("j", batches(1, 10));
    var other = worker("j", SETTINGS);
    var lease = take(worker("j", SETTINGS));
    var until = System.nanoTime() + 3 * SETTINGS.lease().toNanos();
    while (System.nanoTime() < until) {
      lease.renew();
      assertThat(other.lease(Duration.ofMillis(300))).isEmpty();
    }
    assertThat(lease.mayHaveExpired()).isFalse();
    assertThat(lease.commit(ok())).isTrue();
    assertThat(ledger.counts("j").lost()).isZero();
  }

  @Test
  void anOwnerThatDiesInTheMiddleOfEnqueuingOrRemovingIsFollowedByAnother() throws Exception {
    server.restart();
    var first = JetStreamLedger.connect(server.owner(), SETTINGS);
    // Dies after 1,000 of 2,500, at the end of the first chunk.
    assertThatThrownBy(
            () ->
                first.enqueue(
                    "j",
                    Batches.of(
                        2500,
                        index -> {
                          if (index == 1700) {
                            throw new IllegalStateException("killed");
                          }
                          return new byte[10];
                        })))
        .hasMessage("killed");
    first.close();
    var second = ledger(SETTINGS);
    assertThat(second.enqueue("j", batches(2500, 10))).isEqualTo(1500);
    take(worker("j", SETTINGS)).commit(ok());
    second.end("j", new End(End.Verdict.Cancelled, "", Instant.EPOCH));
    // Dies in the middle of removing: the end record is what goes last.
    management().purgeStream(Subjects.WORK);
    management().deleteConsumer(Subjects.WORK, "j");
    var third = ledger(SETTINGS);
    assertThat(third.jobs()).contains("j");
    third.remove("j");
    assertThat(third.jobs()).doesNotContain("j");
  }

  @Test
  void aCancelledJobStopsBeingEnqueued() throws Exception {
    server.restart();
    var ledger = ledger(SETTINGS);
    var published =
        ledger.enqueue(
            "j",
            Batches.of(
                100_000,
                index -> {
                  if (index == 400) {
                    assertThat(CompletableFuture.runAsync(() -> ledger.open("j", 100_000)))
                        .as("looking at it meanwhile")
                        .succeedsWithin(LONG);
                  }
                  if (index == 500) {
                    ledger.end("j", new End(End.Verdict.Cancelled, "", Instant.EPOCH));
                  }
                  return new byte[10];
                }));
    assertThat(published).isLessThan(3000);
  }
}
