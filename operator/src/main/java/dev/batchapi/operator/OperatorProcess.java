package dev.batchapi.operator;

import dev.batchapi.operator.health.Caches;
import dev.batchapi.operator.health.HttpEndpoint;
import dev.batchapi.operator.health.HttpEndpoint.Answer;
import dev.batchapi.operator.health.KubernetesAccess;
import dev.batchapi.operator.health.MetricsAccess;
import dev.batchapi.operator.health.SpareHeap;
import dev.batchapi.operator.kube.Events;
import dev.batchapi.operator.kube.Leadership;
import dev.batchapi.operator.kube.LeaseFence;
import dev.batchapi.operator.kube.Prerequisites;
import dev.batchapi.operator.kube.Waiting;
import dev.batchapi.operator.metrics.OperatorMetrics;
import dev.batchapi.operator.queue.JobQueue;
import dev.batchapi.operator.queue.KeyKeeper;
import dev.batchapi.operator.queue.NatsKeys;
import dev.batchapi.operator.sweep.LiveCluster;
import dev.batchapi.operator.sweep.Sweeper;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One operator from its start to its end. It starts whatever is missing, says what that is, and
 * goes on when it is there.
 */
final class OperatorProcess {
  private static final Logger LOG = LoggerFactory.getLogger(OperatorProcess.class);

  private final OperatorSettings settings;
  private final KubernetesClient client;
  private final Controllers controllers;
  private final LeaseFence fence;
  private final Runnable halt;
  private final Leadership leadership;
  private final OperatorMetrics metrics = new OperatorMetrics();
  private volatile String waitingFor = "The operator starts.";
  private volatile @Nullable Operator operator;
  private volatile @Nullable JobQueue queue;
  private volatile int port;

  // Guarded by this.
  private final Deque<Runnable> closings = new ArrayDeque<>();
  private boolean stopped;

  /**
   * Starts nothing before {@link #start}.
   *
   * @param client is closed at the end; passes the fence
   * @param fence is asked before the queue is touched
   * @param halt ends the process at once, for it must not or can't go on
   */
  OperatorProcess(
      OperatorSettings settings,
      KubernetesClient client,
      Controllers controllers,
      LeaseFence fence,
      Runnable halt) {
    this.settings = settings;
    this.client = client;
    this.controllers = controllers;
    this.fence = fence;
    this.halt = halt;
    leadership = new Leadership(settings.namespace(), settings.podName(), halt);
  }

  /** Returns when the caches are filled; reconciling begins when it is this replica's turn. */
  void start() throws InterruptedException {
    atEnd(client::close);
    var endpoint =
        HttpEndpoint.start(
            settings.httpPort(), this::healthy, this::ready, metrics::scrape, metricsAccess());
    port = endpoint.port();
    atEnd(endpoint::close);

    var waiting = new Waiting(what -> waitingFor = what);
    waiting.until(
        () -> {
          Prerequisites.check(client);
          return true;
        });
    var keys = new NatsKeys(client, settings.namespace());
    var accounts = waiting.until(keys::ensure);

    var jobQueue = JobQueue.start(settings, accounts, fence::check);
    atEnd(jobQueue::close);
    queue = jobQueue;
    var keeper = KeyKeeper.start(keys, accounts, jobQueue, halt);
    atEnd(keeper::close);
    var events = new Events(client, settings.podName());
    atEnd(events::close);

    var framework =
        new Framework(client, metrics.reconciles(), halt)
            .operator(settings.leaderElection() ? leadership : null);
    controllers
        .of(new Controllers.Parts(settings, jobQueue, events, metrics))
        .forEach(reconciler -> Framework.register(framework, reconciler));
    waitingFor = "The caches are being filled.";
    atEnd(() -> leadership.release(client));
    atEnd(framework::stop);
    framework.start();
    operator = framework;
    if (!settings.leaderElection()) {
      leadership.alone();
    }

    var sweeper =
        Sweeper.start(
            jobQueue::ledger, new LiveCluster(client), jobQueue::revoke, leadership::leading);
    atEnd(sweeper::close);
    metrics.onDeletion(sweeper::soon);
    metrics.queueConnected(jobQueue::connected);
    metrics.leading(leadership::leading);
    metrics.bindProcess();
    SpareHeap.start(SpareHeap.LOOK_EVERY).ifPresent(heap -> atEnd(heap::close));
    LOG.info("Ready, {} s after the process began; listening on port {}.", uptime(), port);
  }

  private MetricsAccess metricsAccess() {
    return switch (settings.metricsAuth()) {
      case NONE -> MetricsAccess.OPEN;
      case KUBERNETES -> new KubernetesAccess(client, Clock.systemUTC());
    };
  }

  private static double uptime() {
    return ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0;
  }

  /** Where probes and Prometheus are answered. */
  int port() {
    return port;
  }

  private Answer healthy() {
    var running = operator;
    return running == null
        ? new Answer(true, waitingFor + '\n')
        : Caches.stopped(running)
            .map(name -> new Answer(false, "The cache %s has stopped.\n".formatted(name)))
            .orElse(new Answer(true, "ok\n"));
  }

  private Answer ready() {
    var running = operator;
    var jobQueue = queue;
    if (running == null || jobQueue == null) {
      return new Answer(false, waitingFor + '\n');
    }
    return Caches.unfilled(running)
        .map(name -> new Answer(false, "The cache %s is not filled.\n".formatted(name)))
        .orElseGet(
            () ->
                new Answer(
                    true,
                    "ready\nleader: %s\nqueue: %s\n"
                        .formatted(
                            leadership.leading() ? "this replica" : "another replica",
                            jobQueue.trouble().orElse("connected"))));
  }

  private void atEnd(Runnable closing) {
    synchronized (this) {
      if (!stopped) {
        closings.push(closing);
        return;
      }
    }
    closing.run();
  }

  /**
   * Ends in order: what runs may end, then the Lease is given back. Also in the middle of start.
   */
  void stop() {
    leadership.stopping();
    operator = null;
    waitingFor = "The operator stops.";
    while (true) {
      Runnable closing;
      synchronized (this) {
        stopped = true;
        if (closings.isEmpty()) {
          return;
        }
        closing = closings.pop();
      }
      try {
        closing.run();
      } catch (RuntimeException e) {
        LOG.warn("Something could not be closed.", e);
      }
    }
  }
}
