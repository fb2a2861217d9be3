package dev.batchapi.queue.jetstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.Window;
import io.nats.client.PullSubscribeOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How often batches are handed out, when nothing fails and when something does. */
@Timeout(300)
class HandOutsIT {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final JetStreamSettings SETTINGS =
      JetStreamSettings.DEFAULT
          .withLease(Duration.ofMinutes(1))
          .withPatience(Duration.ofMinutes(1));

  private final NatsServer server = NatsServer.startUnsynced();
  private final JetStreamLedger ledger = JetStreamLedger.connect(server.owner(), SETTINGS);

  @AfterEach
  void close() {
    ledger.close();
    server.close();
  }

  private JetStreamWorkQueue worker(JetStreamSettings settings) {
    return JetStreamWorkQueue.connect(server.worker("j"), "j", Integer.MAX_VALUE, settings);
  }

  private static Outcome ok() {
    return Outcome.succeeded(1, "1".getBytes(UTF_8));
  }

  @Test
  void eachBatchIsHandedOutOnceThoughTheOwnerEnqueuesAllTheTime() throws Exception {
    var total = Integer.getInteger("handed.out", 4000);
    var batches = Batches.of(total, index -> "[1]".getBytes(UTF_8));
    var handedOut = new AtomicIntegerArray(total);
    var done = new AtomicBoolean();
    ledger.enqueue("j", batches);
    try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      var running = new ArrayList<Future<Boolean>>();
      for (var i = 0; i < 3; i++) {
        running.add(
            threads.submit(
                () -> {
                  try (var queue = worker(SETTINGS)) {
                    while (!done.get()) {
                      queue
                          .lease(SHORT)
                          .ifPresent(
                              lease -> {
                                handedOut.incrementAndGet(lease.index());
                                lease.commit(ok());
                              });
                    }
                    return true;
                  }
                }));
      }
      while (ledger.counts("j").done() < total) {
        ledger.enqueue("j", batches);
      }
      ledger.enqueue("j", batches);
      done.set(true);
      for (var one : running) {
        assertThat(one.get(60, TimeUnit.SECONDS)).isTrue();
      }
    }
    for (var i = 0; i < total; i++) {
      assertThat(handedOut.get(i)).as("times that batch %d was handed out", i).isEqualTo(1);
    }
  }

  @Test
  void theCompletionIsHandedOutOnceThoughTheOwnerAsksForItAllTheTime() throws Exception {
    for (var round = 0; round < 100; round++) {
      var job = "j" + round;
      ledger.open(job, 1);
      ledger.enqueueCompletion(job, "{}".getBytes(UTF_8));
      var handedOut = 0;
      try (var threads = Executors.newVirtualThreadPerTaskExecutor();
          var queue = JetStreamWorkQueue.connect(server.worker(job), job, 1, SETTINGS)) {
        var done = new AtomicBoolean();
        var owner =
            threads.submit(
                () -> {
                  while (!done.get()) {
                    ledger.enqueueCompletion(job, "{}".getBytes(UTF_8));
                  }
                  return true;
                });
        var lease = queue.lease(LONG);
        while (lease.isPresent()) {
          handedOut++;
          lease.get().commit(ok());
          lease = queue.lease(Duration.ofMillis(30));
        }
        done.set(true);
        assertThat(owner.get()).isTrue();
      }
      assertThat(handedOut).as("times that on_job_complete was handed out").isEqualTo(1);
    }
  }

  @Test
  void aBatchWhoseAcknowledgementWasLostFindsItsOutcome() throws Exception {
    var settings = SETTINGS.withLease(Duration.ofSeconds(1));
    try (var hasty = JetStreamLedger.connect(server.owner(), settings);
        var queue = worker(settings);
        var nats = NatsConnection.open(server.worker("j"), LONG, Subjects.inboxPrefix("j"))) {
      hasty.enqueue("j", Batches.of(1, index -> "[1]".getBytes(UTF_8)));
      assertThat(queue.lease(LONG)).isPresent();
      nats.jetStream().publish("out.j.0", OutcomeRecord.headers(ok()), new byte[] {'1'});
      assertThat(queue.lease(Duration.ofSeconds(4))).as("handed out again").isEmpty();
      assertThat(nats.directGet(Subjects.OUT, "out.j.0")).isNotNull();
      assertThat(hasty.counts("j").lost()).isZero();
      assertThat(nats.isConnected()).isTrue();
    }
    try (var owner = NatsConnection.open(server.owner(), LONG, null)) {
      assertThat(owner.directGet(Subjects.WORK, "work.j.0")).as("left in the queue").isNull();
    }
  }

  @Test
  void whatWasGivenBackInAnOutageIsNotTakenFromItsNewHolder() throws Exception {
    var lease = Duration.ofSeconds(3);
    var settings = SETTINGS.withLease(lease);
    try (var hasty = JetStreamLedger.connect(server.owner(), settings);
        var cable = new Cable(server.port())) {
      hasty.enqueue("j", Batches.of(1, index -> "[1]".getBytes(UTF_8)));
      try (var first = behind(cable, settings);
          var second = worker(settings);
          var third = worker(settings)) {
        var held = first.lease(LONG).orElseThrow();
        cable.pull();
        assertThatThrownBy(
                () -> {
                  while (true) { // until the client has noticed
                    assertThat(first.lease(Duration.ofMillis(50))).isEmpty();
                  }
                })
            .isInstanceOf(QueueUnavailableException.class);
        assertThat(held.mayHaveExpired()).isFalse();
        held.giveBack(Duration.ZERO);
        var again = second.lease(LONG).orElseThrow();
        cable.plugIn();
        // The first one is back when it can ask for the job's end.
        assertThat(first.ended()).isEmpty();
        again.renew();
        assertThat(third.lease(Duration.ofSeconds(1))).as("a third holder").isEmpty();
        assertThat(again.commit(ok())).isTrue();
      }
    }
  }

  @Test
  void whoAsksOnceIsGivenWhatComesALittleLate() throws Exception {
    try (var cable = new Cable(server.port());
        var queue = behind(cable, SETTINGS);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      ledger.enqueue("j", Batches.of(1, index -> "[1]".getBytes(UTF_8)));
      assertThat(queue.ended()).isEmpty(); // connected
      cable.hold();
      var asked = threads.submit(() -> queue.leaseOnce(SHORT));
      Thread.sleep(SHORT.plusMillis(50)); // its time is over; sooner is in time
      cable.letGo();
      assertThat(asked.get().orElseThrow().commit(ok())).isTrue();
    }
  }

  /** As a worker is that is told to stop. */
  @Test
  void whoIsInterruptedThenGivesItBack() throws Exception {
    try (var cable = new Cable(server.port());
        var queue = behind(cable, SETTINGS);
        var other = worker(SETTINGS);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      ledger.enqueue("j", Batches.of(1, index -> "[1]".getBytes(UTF_8)));
      assertThat(queue.ended()).isEmpty(); // connected
      cable.hold();
      var asked = threads.submit(() -> queue.leaseOnce(SHORT));
      Thread.sleep(SHORT.plusMillis(50)); // as above
      assertThat(asked.cancel(true)).isTrue();
      cable.letGo();
      assertThat(other.lease(Duration.ofSeconds(10))).isPresent();
    }
  }

  /** The batch is another's by the time that it would be found. */
  @Test
  void whatComesTooLateForWhoAskedOnceIsNotTakenForAFreshLease() throws Exception {
    var settings = SETTINGS.withLease(Duration.ofSeconds(2));
    try (var hasty = JetStreamLedger.connect(server.owner(), settings);
        var cable = new Cable(server.port());
        var late = behind(cable, settings);
        var other = worker(settings)) {
      hasty.enqueue("j", Batches.of(1, index -> "[1]".getBytes(UTF_8)));
      assertThat(late.ended()).isEmpty(); // connected
      cable.hold();
      assertThat(late.leaseOnce(SHORT)).isEmpty();
      cable.letGo();
      var held = other.lease(LONG).orElseThrow();
      assertThat(late.lease(SHORT)).isEmpty();
      assertThat(held.commit(ok())).isTrue();
    }
  }

  private JetStreamWorkQueue behind(Cable cable, JetStreamSettings settings) {
    var access = server.worker("j");
    var through = new NatsAccess(cable.url(), access.credentials(), "behind a cable");
    return JetStreamWorkQueue.connect(through, "j", 1, settings);
  }

  /** It can't be told from one that is in time: that is why a holder goes by its own clock. */
  @Test
  void aGiveBackThatArrivesLateCostsAHandOutAndNoOutcome() throws Exception {
    var settings = SETTINGS.withLease(Duration.ofSeconds(2));
    try (var hasty = JetStreamLedger.connect(server.owner(), settings);
        var nats = NatsConnection.open(server.worker("j"), LONG, Subjects.inboxPrefix("j"));
        var second = worker(settings);
        var third = worker(settings)) {
      hasty.enqueue("j", Batches.of(1, index -> "[1]".getBytes(UTF_8)));
      var options = PullSubscribeOptions.fastBind(Subjects.WORK, "j");
      var late = nats.jetStream().subscribe(null, options).fetch(1, LONG).getFirst();
      var held = second.lease(LONG).orElseThrow();
      held.renew();
      late.nak();
      var again = third.lease(LONG).orElseThrow();
      assertThat(again.commit(ok())).isTrue();
      assertThat(held.commit(ok())).isFalse();
      assertThat(hasty.counts("j").succeeded()).isEqualTo(1);
    }
  }

  @Test
  void leasesLastAsLongAsWorkersWereToldAtTheAcceptance() throws Exception {
    var batches = Batches.of(1, index -> "[1]".getBytes(UTF_8));
    var told = Duration.ofSeconds(7);
    try (var owner = NatsConnection.open(server.owner(), LONG, null)) {
      ledger.enqueue("j", batches); // by an operator whose setting is another one
      ledger.enqueue("j", batches, Window.UNBOUNDED, told);
      assertThat(ackWait(owner)).isEqualTo(told);
      owner.management().deleteConsumer(Subjects.WORK, "j");
      ledger.enqueueCompletion("j", new byte[0]);
      assertThat(ackWait(owner)).isEqualTo(told);
    }
  }

  private static @Nullable Duration ackWait(NatsConnection owner) throws Exception {
    return owner
        .management()
        .getConsumerInfo(Subjects.WORK, "j")
        .getConsumerConfiguration()
        .getAckWait();
  }
}
