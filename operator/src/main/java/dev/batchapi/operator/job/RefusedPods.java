package dev.batchapi.operator.job;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why the Job controller can't make a Job's pod. It says so in events alone. These have no index:
 * for one of them the API server reads all of the namespace, which takes a second when it has much
 * to do. So the jobs of a namespace share what one of them has read.
 */
final class RefusedPods {
  private static final Logger LOG = LoggerFactory.getLogger(RefusedPods.class);

  /** Refusals that come later are seen at the next look of a job at its worker. */
  static final Duration SHARED = Duration.ofSeconds(4);

  private static final Duration FORGOTTEN = Duration.ofMinutes(1);

  private final Map<String, Look> namespaces = new ConcurrentHashMap<>();
  private final LongSupplier nanoTime;

  RefusedPods(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** The last refusal of this Job's pod; empty if there is none, or if the events can't be read. */
  Optional<Trouble> of(Job job, KubernetesClient client) {
    var namespace = job.getMetadata().getNamespace();
    var messages =
        namespaces.computeIfAbsent(namespace, name -> new Look()).messages(namespace, client);
    namespaces.values().removeIf(look -> look.isOlder(FORGOTTEN));
    return Optional.ofNullable(messages.get(job.getMetadata().getUid()))
        .map(message -> new Trouble(reason(message), message));
  }

  private static String reason(String message) {
    return message.contains("exceeded quota") ? "QuotaExceeded" : "PodRefused";
  }

  /** What was read in one namespace. */
  private final class Look {
    private volatile @Nullable Long at;
    // Guarded by this.
    private Map<String, String> byJob = Map.of();

    synchronized Map<String, String> messages(String namespace, KubernetesClient client) {
      if (at == null || isOlder(SHARED)) {
        try {
          byJob = read(namespace, client);
        } catch (KubernetesClientException e) {
          LOG.debug("The events of namespace {} can't be read now: {}", namespace, e.getMessage());
        }
        at = nanoTime.getAsLong();
      }
      return byJob;
    }

    /** Whether it was read, and longer ago than this. */
    boolean isOlder(Duration age) {
      var read = at;
      return read != null && nanoTime.getAsLong() - read >= age.toNanos();
    }

    private static Map<String, String> read(String namespace, KubernetesClient client) {
      return client
          .v1()
          .events()
          .inNamespace(namespace)
          .withField("involvedObject.kind", "Job")
          .withField("reason", "FailedCreate")
          .list()
          .getItems()
          .stream()
          .filter(e -> e.getInvolvedObject().getUid() != null && e.getMessage() != null)
          .collect(
              Collectors.toMap(
                  e -> e.getInvolvedObject().getUid(), e -> e.getMessage(), (one, later) -> later));
    }
  }
}
