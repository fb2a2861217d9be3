package dev.batchapi.operator.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.memory.MemoryQueue;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SweeperTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final MemoryQueue queue = new MemoryQueue();
  private final GivenCluster cluster = new GivenCluster();
  private final AtomicBoolean reachable = new AtomicBoolean(true);
  private final AtomicBoolean leading = new AtomicBoolean(true);
  private final AtomicInteger askedWhetherLeading = new AtomicInteger();
  private final Set<String> revoked = ConcurrentHashMap.newKeySet();
  private final Sweeper sweeper =
      Sweeper.start(
          this::ledger,
          cluster,
          revoked::add,
          this::leading,
          new Sweeper.Patience(Duration.ofMillis(20), LONG));

  /** A cluster that has what a test says. */
  private static final class GivenCluster implements Sweeper.Cluster {
    private final Set<String> batchJobs = ConcurrentHashMap.newKeySet();
    private final Set<String> withPods = ConcurrentHashMap.newKeySet();
    private final AtomicInteger lists = new AtomicInteger();
    private volatile Runnable whileListed = () -> {};

    @Override
    public Set<String> batchJobs() {
      lists.incrementAndGet();
      whileListed.run();
      return Set.copyOf(batchJobs);
    }

    @Override
    public boolean hasPods(String uid) {
      return withPods.contains(uid);
    }
  }

  /** Ten batches, of which the first is done. */
  private void enqueued(String uid) throws InterruptedException {
    queue.enqueue(uid, Batches.of(10, index -> new byte[] {'[', ']'}));
    queue.worker(uid).lease(LONG).orElseThrow().commit(Outcome.succeeded(1, new byte[] {'1'}));
  }

  private MemoryQueue ledger() {
    if (!reachable.get()) {
      throw new QueueUnavailableException("The queue is away.", null);
    }
    return queue;
  }

  private boolean leading() {
    var now = leading.get();
    askedWhetherLeading.incrementAndGet();
    return now;
  }

  private boolean hasWork(String uid) throws InterruptedException {
    return queue.worker(uid).lease(Duration.ZERO).isPresent();
  }

  @AfterEach
  void close() {
    sweeper.close();
    queue.close();
  }

  @Test
  void removesWhatHasNoBatchJobAndNothingElse() throws Exception {
    enqueued("gone");
    enqueued("there");
    cluster.batchJobs.add("there");
    cluster.batchJobs.add("never-enqueued");

    sweeper.sweep();

    assertThat(queue.jobs()).containsExactly("there");
    assertThat(queue.counts("there").succeeded()).isEqualTo(1);
    assertThat(hasWork("there")).isTrue();
    assertThat(hasWork("gone")).isFalse();
    assertThat(revoked).containsExactly("gone");
  }

  @Test
  void keepsWhatIsEnqueuedWhileTheClusterIsAsked() throws Exception {
    enqueued("gone");
    // Not in the list, for it was made after it.
    cluster.whileListed =
        () -> queue.enqueue("new", Batches.of(10, index -> new byte[] {'[', ']'}));

    sweeper.sweep();

    assertThat(queue.jobs()).containsExactly("new");
    assertThat(hasWork("new")).isTrue();
  }

  @Test
  void keepsEverythingIfTheBatchJobsCannotBeListed() throws Exception {
    enqueued("a");
    cluster.whileListed =
        () -> {
          throw new KubernetesClientException("The list broke off.");
        };

    assertThatThrownBy(sweeper::sweep).isInstanceOf(KubernetesClientException.class);

    assertThat(queue.jobs()).containsExactly("a");
    assertThat(hasWork("a")).isTrue();
  }

  @Test
  void keepsTheRecordsOfAJobUntilItsPodsAreGone() throws Exception {
    enqueued("gone");
    cluster.withPods.add("gone");

    sweeper.sweep();

    assertThat(hasWork("gone")).as("work for the pods that are left").isFalse();
    assertThat(queue.worker("gone").ended()).as("what tells them to leave").isPresent();
    assertThat(queue.counts("gone").succeeded()).isEqualTo(1);

    cluster.withPods.clear();
    sweeper.sweep();

    assertThat(queue.jobs()).isEmpty();
  }

  /** Any pod anywhere may have the label of a job's uid. */
  @Test
  void waitsForPodsNoLongerThanItsPatience() throws Exception {
    enqueued("gone");
    cluster.withPods.add("gone");
    try (var impatient =
        Sweeper.start(
            this::ledger,
            cluster,
            revoked::add,
            () -> false,
            new Sweeper.Patience(Duration.ZERO, Duration.ZERO))) {
      impatient.sweep();
    }

    assertThat(queue.jobs()).isEmpty();
    assertThat(revoked).contains("gone");
  }

  @Test
  void asksTheClusterNothingIfNothingIsInTheQueue() {
    sweeper.sweep();

    assertThat(cluster.lists).hasValue(0);
  }

  @Test
  void sweepsSoonAfterADeletionIfThisReplicaLeads() throws Exception {
    enqueued("gone");
    leading.set(false);
    sweeper.soon();
    await().atMost(LONG).until(() -> askedWhetherLeading.get() == 1);
    leading.set(true);
    sweeper.soon();
    await().atMost(LONG).until(() -> queue.jobs().isEmpty());

    assertThat(cluster.lists).as("lists, of which none while another led").hasValue(1);
  }

  @Test
  void goesOnAfterTroubleWithQueueOrCluster() throws Exception {
    enqueued("gone");
    reachable.set(false);
    sweeper.soon();
    await().atMost(LONG).until(() -> askedWhetherLeading.get() == 1);
    cluster.whileListed =
        () -> {
          reachable.set(true);
          throw new KubernetesClientException("The list broke off.");
        };
    reachable.set(true);
    sweeper.soon();
    await().atMost(LONG).until(() -> cluster.lists.get() >= 1);
    cluster.whileListed = () -> {};
    sweeper.soon();

    await().atMost(LONG).until(() -> queue.jobs().isEmpty());
  }
}
