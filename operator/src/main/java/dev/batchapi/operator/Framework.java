package dev.batchapi.operator;

import dev.batchapi.operator.kube.Leadership;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the Java Operator SDK is set up. */
final class Framework {
  private static final Logger LOG = LoggerFactory.getLogger(Framework.class);

  /** Each may wait for an answer, or hold the batches of one job in memory. */
  private static final int RECONCILES_AT_ONCE = 24;

  private static final Duration FIRST_RETRY = Duration.ofMillis(500);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);
  private static final Duration RECONCILES_MAY_END = Duration.ofSeconds(3);

  private final KubernetesClient client;
  private final Metrics metrics;
  private final Runnable halt;

  /**
   * Connects to nothing before an operator is made.
   *
   * @param client stays open when the operator stops
   * @param halt ends the process at once
   */
  Framework(KubernetesClient client, Metrics metrics, Runnable halt) {
    this.client = client;
    this.metrics = metrics;
    this.halt = halt;
  }

  /**
   * An operator without reconcilers.
   *
   * @param leadership null: it works without being elected
   */
  Operator operator(@Nullable Leadership leadership) {
    // Not in the lambda, which the SDK runs twice.
    var executor =
        Executors.newFixedThreadPool(
            RECONCILES_AT_ONCE, Thread.ofVirtual().name("reconcile-", 0).factory());
    var election = leadership == null ? null : leadership.election();
    return new Operator(
        sdk -> {
          sdk.withKubernetesClient(client)
              .withCloseClientOnStop(false)
              .withExecutorService(executor)
              .withMetrics(metrics)
              .withReconciliationTerminationTimeout(RECONCILES_MAY_END)
              .withInformerStoppedHandler(this::informerStopped);
          if (election != null) {
            sdk.withLeaderElectionConfiguration(election);
          }
        });
  }

  private void informerStopped(SharedIndexInformer<?> informer, @Nullable Throwable cause) {
    if (cause != null && informer.hasSynced()) {
      LOG.error(
          "The cache of {} has stopped, so the operator would be blind: it ends.",
          informer.getApiTypeClass().getSimpleName(),
          cause);
      halt.run();
    }
  }

  /** Adds a reconciler: never given up, in every namespace. */
  static <P extends HasMetadata> void register(Operator operator, Reconciler<P> reconciler) {
    operator.register(
        reconciler,
        controller ->
            controller.withRetry(
                new GenericRetry()
                    .setInitialInterval(FIRST_RETRY)
                    .setIntervalMultiplier(2)
                    .setMaxInterval(LONGEST_RETRY.toMillis())
                    .withoutMaxAttempts()));
  }
}
