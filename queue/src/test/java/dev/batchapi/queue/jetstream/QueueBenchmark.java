package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Outcome;
import io.nats.client.JetStream;
import io.nats.client.PublishOptions;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.PublishAck;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What queue and ledger cost on top of jnats: the same work by hand, on the same server with the
 * settings that ship, in turns; medians, for other load on the machine comes and goes.
 */
final class QueueBenchmark {
  private static final JetStreamSettings SETTINGS =
      JetStreamSettings.DEFAULT.withPatience(Duration.ofSeconds(60));
  private static final int ENQUEUED = Integer.getInteger("enqueued", 100_000);
  private static final int LOOPED = Integer.getInteger("looped", 3_000);
  private static final int WINDOW = 1_000;
  private static final byte[] PAYLOAD = new byte[1024];
  private static final byte[] RESULT = new byte[100];

  private final NatsServer server;
  private final JetStreamLedger ledger;
  private final PrintStream out;

  private QueueBenchmark(NatsServer server, JetStreamLedger ledger, PrintStream out) {
    this.server = server;
    this.ledger = ledger;
    this.out = out;
  }

  public static void main(String[] args) throws Exception {
    try (var server = NatsServer.start();
        var ledger = JetStreamLedger.connect(server.owner(), SETTINGS)) {
      new QueueBenchmark(server, ledger, System.out).run();
    }
  }

  private void run() throws Exception {
    out.println("| 1 KiB batches, per second | ours | jnats by hand | ratio | aim |");
    out.println("|---|---|---|---|---|");
    compare("enqueue %,d".formatted(ENQUEUED), 3, 0.7, this::enqueueOurs, this::enqueueByHand);
    compare("lease and commit, 1 connection", 5, 0.8, () -> loopOurs(1), () -> loopByHand(1));
    compare("lease and commit, 4 connections", 5, 0.8, () -> loopOurs(4), () -> loopByHand(4));
  }

  private void compare(
      String name, int pairs, double aim, Callable<Double> ours, Callable<Double> byHand)
      throws Exception {
    var rates = new ArrayList<Double>();
    var byHandRates = new ArrayList<Double>();
    var ratios = new ArrayList<Double>();
    for (var pair = 0; pair < pairs; pair++) {
      // Who begins takes turns too.
      var first = pair % 2 == 0 ? ours.call() : byHand.call();
      var second = pair % 2 == 0 ? byHand.call() : ours.call();
      rates.add(pair % 2 == 0 ? first : second);
      byHandRates.add(pair % 2 == 0 ? second : first);
      ratios.add(rates.getLast() / byHandRates.getLast());
    }
    out.printf(
        "| %s | %,.0f | %,.0f | %.2f | %.1f |%n",
        name, median(rates), median(byHandRates), median(ratios), aim);
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static double rate(int count, long startedAt) {
    return count / ((System.nanoTime() - startedAt) / 1e9);
  }

  private static Batches batches(int count) {
    return Batches.of(count, index -> PAYLOAD);
  }

  private double enqueueOurs() {
    var job = UUID.randomUUID().toString();
    var startedAt = System.nanoTime();
    ledger.enqueue(job, batches(ENQUEUED));
    var rate = rate(ENQUEUED, startedAt);
    ledger.remove(job);
    return rate;
  }

  private double enqueueByHand() throws Exception {
    var job = UUID.randomUUID().toString();
    try (var nats = NatsConnection.open(server.owner(), SETTINGS.patience(), null)) {
      var startedAt = System.nanoTime();
      var window = new ArrayDeque<CompletableFuture<PublishAck>>();
      for (var index = 0; index < ENQUEUED; index++) {
        if (window.size() == WINDOW) {
          window.removeFirst().get();
        }
        window.add(nats.jetStream().publishAsync(Subjects.work(job, index), PAYLOAD));
      }
      for (var ack : window) {
        ack.get();
      }
      var rate = rate(ENQUEUED, startedAt);
      ledger.remove(job);
      return rate;
    }
  }

  private double loopOurs(int connections) throws Exception {
    return loop(
        connections,
        job -> {
          try (var queue =
              JetStreamWorkQueue.connect(server.worker(job), job, Integer.MAX_VALUE, SETTINGS)) {
            for (var i = 0; i < LOOPED; i++) {
              var lease = queue.lease(Duration.ofSeconds(10)).orElseThrow();
              lease.commit(Outcome.succeeded(lease.attempts().next(), RESULT));
            }
          }
        });
  }

  private double loopByHand(int connections) throws Exception {
    return loop(
        connections,
        job -> {
          try (var nats =
              NatsConnection.open(
                  server.worker(job), SETTINGS.patience(), Subjects.inboxPrefix(job))) {
            fetchPublishAcknowledge(nats.jetStream(), job);
          }
        });
  }

  private static void fetchPublishAcknowledge(JetStream js, String job) throws Exception {
    var subscription = js.subscribe(null, PullSubscribeOptions.fastBind("WORK", job));
    for (var i = 0; i < LOOPED; i++) {
      var message = subscription.fetch(1, Duration.ofSeconds(10)).getFirst();
      var index = message.getSubject().substring(message.getSubject().lastIndexOf('.') + 1);
      js.publish(
          "out." + job + '.' + index,
          OutcomeRecord.headers(Outcome.succeeded(1, RESULT)),
          RESULT,
          PublishOptions.builder().expectedLastSubjectSequence(0).build());
      message.ackSync(Duration.ofSeconds(5));
    }
  }

  private interface Worker {
    void work(String job) throws Exception;
  }

  /** All connections work on one job, each on as many batches. */
  private double loop(int connections, Worker worker) throws Exception {
    var job = UUID.randomUUID().toString();
    ledger.enqueue(job, batches(connections * LOOPED));
    var startedAt = System.nanoTime();
    try (var threads = Executors.newFixedThreadPool(connections)) {
      var running = new ArrayList<Future<Boolean>>();
      for (var i = 0; i < connections; i++) {
        running.add(
            threads.submit(
                () -> {
                  worker.work(job);
                  return true;
                }));
      }
      for (var one : running) {
        one.get();
      }
    }
    var rate = rate(connections * LOOPED, startedAt);
    ledger.remove(job);
    return rate;
  }
}
