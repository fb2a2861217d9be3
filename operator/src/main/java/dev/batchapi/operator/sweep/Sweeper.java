package dev.batchapi.operator.sweep;

import dev.batchapi.queue.End;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.QueueUnavailableException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes from the queue what is left of BatchJobs that are gone. There are no finalizers, so
 * nothing else does; and it works by what is there, not by what was seen to be deleted, so nothing
 * is left for ever.
 */
public final class Sweeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
  private static final Duration EVERY = Duration.ofMinutes(1);

  /**
   * How long it waits.
   *
   * @param afterDeletion pods of a job that ran get some time to go, so that one sweep does it all
   * @param podsGo how long pods of a job that is gone may take to go
   */
  record Patience(Duration afterDeletion, Duration podsGo) {
    private static final Patience DEFAULT =
        new Patience(Duration.ofSeconds(2), Duration.ofMinutes(10));
  }

  /** What the cluster has, asked of the API server itself: a cache may be behind. */
  public interface Cluster {
    /** The uids of all BatchJobs. All of them, or an exception: what is missing here is removed. */
    Set<String> batchJobs();

    /** Whether any pod of a BatchJob's is left. */
    boolean hasPods(String uid);
  }

  private final Supplier<Ledger> ledger;
  private final Cluster cluster;
  private final Consumer<String> revoke;
  private final BooleanSupplier leading;
  private final Patience patience;

  /** Since when a job was seen to be gone whose pods are left. Of the sweeper's thread. */
  private final Map<String, Instant> goneSince = new HashMap<>();

  private final Semaphore asked = new Semaphore(0);
  private final Thread thread;

  private Sweeper(
      Supplier<Ledger> ledger,
      Cluster cluster,
      Consumer<String> revoke,
      BooleanSupplier leading,
      Patience patience) {
    this.ledger = ledger;
    this.cluster = cluster;
    this.revoke = revoke;
    this.leading = leading;
    this.patience = patience;
    thread = Thread.ofVirtual().name("sweeper").unstarted(this::run);
  }

  /**
   * Sweeps every minute from now on.
   *
   * @param ledger throws {@link QueueUnavailableException} while the queue is away
   * @param revoke ends the credentials of a job that is gone
   * @param leading whether this process is the one that may
   */
  public static Sweeper start(
      Supplier<Ledger> ledger, Cluster cluster, Consumer<String> revoke, BooleanSupplier leading) {
    return start(ledger, cluster, revoke, leading, Patience.DEFAULT);
  }

  static Sweeper start(
      Supplier<Ledger> ledger,
      Cluster cluster,
      Consumer<String> revoke,
      BooleanSupplier leading,
      Patience patience) {
    var sweeper = new Sweeper(ledger, cluster, revoke, leading, patience);
    sweeper.thread.start();
    return sweeper;
  }

  /** Sweeps in a moment: a BatchJob was deleted. */
  public void soon() {
    asked.release();
  }

  private void run() {
    try {
      while (true) {
        if (asked.tryAcquire(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
          Thread.sleep(patience.afterDeletion());
          asked.drainPermits();
        }
        if (leading.getAsBoolean()) {
          sweepOrSay();
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("Closed.");
    }
  }

  private void sweepOrSay() {
    try {
      sweep();
    } catch (QueueUnavailableException e) {
      LOG.debug("Not swept: {}", e.getMessage());
    } catch (KubernetesClientException e) {
      LOG.warn("Not swept, will be tried again in a minute: {}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("Not swept, will be tried again in a minute.", e);
    }
  }

  /** Sweeps once. */
  void sweep() {
    var queue = ledger.get();
    // The ledger first: a BatchJob is there before its first record, so whatever is in the ledger
    // now and not in the cluster afterwards is gone for good.
    var left = new TreeSet<>(queue.jobs());
    if (left.isEmpty()) {
      return;
    }
    left.removeAll(cluster.batchJobs());
    for (var uid : left) {
      sweep(queue, uid);
    }
  }

  private void sweep(Ledger queue, String uid) {
    revoke.accept(uid);
    // Without its outcomes, a batch that a worker still holds could be committed again.
    if (cluster.hasPods(uid) && !waitedLongEnough(uid)) {
      // Workers that were left alone (kubectl delete --cascade=orphan) find it and leave.
      queue.end(uid, new End(End.Verdict.Cancelled, "The BatchJob was deleted.", Instant.now()));
      queue.retire(uid);
      LOG.info("BatchJob {} is gone, but not all of its pods: its records stay for now.", uid);
    } else {
      queue.retire(uid);
      queue.remove(uid);
      goneSince.remove(uid);
      LOG.info("BatchJob {} is gone: removed from the queue.", uid);
    }
  }

  /** Its credentials are no good any more; and a pod with its label can be anybody's. */
  private boolean waitedLongEnough(String uid) {
    var since = goneSince.computeIfAbsent(uid, id -> Instant.now());
    return Duration.between(since, Instant.now()).compareTo(patience.podsGo()) >= 0;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
