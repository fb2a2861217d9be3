package dev.batchapi.operator.job.observe;

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
 * What Kubernetes says of a kind of objects in events alone. These have no index: for one of them
 * the API server reads all of the namespace, which takes a second when it has much to do. So the
 * jobs of a namespace share what one of them has read.
 */
final class NamespaceEvents {
  private static final Logger LOG = LoggerFactory.getLogger(NamespaceEvents.class);
  private static final Duration FORGOTTEN = Duration.ofMinutes(1);

  private final Map<String, Look> namespaces = new ConcurrentHashMap<>();
  private final String kind;
  private final String reason;
  private final Duration shared;
  private final LongSupplier nanoTime;

  /**
   * Reads nothing yet.
   *
   * @param kind of the objects
   * @param reason of the events
   * @param shared how old what was read may be
   */
  NamespaceEvents(String kind, String reason, Duration shared, LongSupplier nanoTime) {
    this.kind = kind;
    this.reason = reason;
    this.shared = shared;
    this.nanoTime = nanoTime;
  }

  /** The last message about an object; empty if there is none, or if the events can't be read. */
  Optional<String> last(String namespace, String uid, KubernetesClient client) {
    var messages =
        namespaces.computeIfAbsent(namespace, name -> new Look()).messages(namespace, client);
    namespaces.values().removeIf(look -> look.isOlder(FORGOTTEN));
    return Optional.ofNullable(messages.get(uid));
  }

  /** What was read in one namespace. */
  private final class Look {
    private volatile @Nullable Long at;
    // Guarded by this.
    private Map<String, String> byUid = Map.of();

    synchronized Map<String, String> messages(String namespace, KubernetesClient client) {
      if (at == null || isOlder(shared)) {
        try {
          byUid = read(namespace, client);
        } catch (KubernetesClientException e) {
          LOG.debug("The events of namespace {} can't be read now: {}", namespace, e.getMessage());
        }
        at = nanoTime.getAsLong();
      }
      return byUid;
    }

    /** Whether it was read, and longer ago than this. */
    boolean isOlder(Duration age) {
      var read = at;
      return read != null && nanoTime.getAsLong() - read >= age.toNanos();
    }

    private Map<String, String> read(String namespace, KubernetesClient client) {
      return client
          .v1()
          .events()
          .inNamespace(namespace)
          .withField("involvedObject.kind", kind)
          .withField("reason", reason)
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
