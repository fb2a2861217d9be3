package dev.batchapi.operator.kube;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import java.net.HttpURLConnection;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of the operator's replicas works: the one that holds the Lease. The others keep their
 * caches full and wait.
 *
 * <p>Who loses the Lease halts at once: the SDK would go on reconciling beside the new leader.
 */
public final class Leadership {
  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

  /** Name of the Lease. */
  public static final String LEASE = "batchapi-operator";

  /**
   * Twice client-go's default: on a node where a hundred processes start at once this one may be
   * without the CPU for seconds, and jobs go on for as long without an operator.
   */
  static final Duration LASTS = Duration.ofSeconds(30);

  private static final Duration RENEW_WITHIN = Duration.ofSeconds(20);
  private static final Duration RENEW_EVERY = Duration.ofSeconds(2);
  private static final int CONFLICTS = 3;

  private final String namespace;
  private final String identity;
  private final Runnable onLost;
  private volatile boolean leading;
  private volatile boolean stopping;

  /**
   * Leads not yet.
   *
   * @param identity this process among the replicas
   * @param onLost ends the process at once
   */
  public Leadership(String namespace, String identity, Runnable onLost) {
    this.namespace = namespace;
    this.identity = identity;
    this.onLost = onLost;
  }

  /** Whether this process is the one that works. */
  public boolean leading() {
    return leading;
  }

  /** There is no election: this process is the only one. */
  public void alone() {
    leading = true;
  }

  /** How the SDK is to elect. */
  public LeaderElectionConfiguration election() {
    return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEASE)
        .withLeaseNamespace(namespace)
        .withIdentity(identity)
        .withLeaseDuration(LASTS)
        .withRenewDeadline(RENEW_WITHIN)
        .withRetryPeriod(RENEW_EVERY)
        .withExitOnStopLeading(false)
        .withLeaderCallbacks(new LeaderCallbacks(this::start, this::stop, this::other))
        .build();
  }

  private void start() {
    LOG.info("This replica, {}, works from now on.", identity);
    leading = true;
  }

  private void stop() {
    leading = false;
    if (!stopping) {
      LOG.error(
          "The Lease {}/{} could not be renewed within {} s, so another replica may work now: this"
              + " one, {}, ends.",
          namespace,
          LEASE,
          RENEW_WITHIN.toSeconds(),
          identity);
      onLost.run();
    }
  }

  private void other(String leader) {
    if (!identity.equals(leader)) {
      LOG.info("Replica {} works; this one, {}, waits.", leader, identity);
    }
  }

  /** From now on the Lease may go without the process being ended. */
  public void stopping() {
    stopping = true;
  }

  /**
   * Gives the Lease back, so that another replica need not wait until it has run out. Only when
   * nothing is reconciled here any more.
   */
  public void release(KubernetesClient client) {
    for (var tries = 0; tries < CONFLICTS; tries++) {
      try {
        var lease = client.leases().inNamespace(namespace).withName(LEASE).get();
        if (lease == null || !identity.equals(lease.getSpec().getHolderIdentity())) {
          return;
        }
        lease.getSpec().setHolderIdentity("");
        lease.getSpec().setLeaseDurationSeconds(1);
        client.resource(lease).update();
        LOG.info("The Lease is given back.");
        return;
      } catch (KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
          LOG.warn("The Lease could not be given back and will run out: {}", e.getMessage());
          return;
        }
      }
    }
  }
}
