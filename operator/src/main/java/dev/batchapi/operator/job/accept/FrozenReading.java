package dev.batchapi.operator.job.accept;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.PodTemplateException;
import dev.batchapi.operator.pod.TamperedException;
import dev.batchapi.queue.Ledger;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads an accepted job, as much of it as is still needed: of one that has its end nothing is run
 * any more, so its results are brought to their place without its code.
 */
public final class FrozenReading {
  private static final Logger LOG = LoggerFactory.getLogger(FrozenReading.class);

  private final FrozenStore store;
  private final Supplier<Ledger> ledger;

  /**
   * @param ledger asked for each time anew
   */
  public FrozenReading(FrozenStore store, Supplier<Ledger> ledger) {
    this.store = store;
    this.ledger = ledger;
  }

  /**
   * The job as it was accepted.
   *
   * @throws TamperedException if anything that is needed of it is gone or was replaced
   * @throws PodTemplateException if it is to be run, and its pods are against the rules of today
   * @throws dev.batchapi.queue.QueueUnavailableException if it can't be told whether it has its end
   */
  public FrozenJob of(BatchJob job, KubernetesClient client) {
    try {
      return store.read(job, client);
    } catch (TamperedException | PodTemplateException e) {
      var uid = job.getMetadata().getUid();
      var batches = job.getStatus().batches();
      ledger.get().open(uid, batches == null ? 1 : batches.total());
      if (ledger.get().counts(uid).end().isEmpty()) {
        throw e;
      }
      LOG.info("Job {} has its end, and needs no pods: {}", uid, e.getMessage());
      return store.readRun(job, client);
    }
  }
}
