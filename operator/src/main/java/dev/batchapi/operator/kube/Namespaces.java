package dev.batchapi.operator.kube;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Labels of namespaces, by which whoever administers the cluster says what may be done in each.
 * Asked for when they are needed and remembered for a moment, so that many jobs of a namespace cost
 * one request.
 */
public final class Namespaces {
  static final Duration KNOWN_FOR = Duration.ofSeconds(10);
  private static final int REMEMBERED = 1_000;

  private record Known(Map<String, String> labels, Instant until) {}

  private final Clock clock;
  private volatile @Nullable String cluster;

  // Guarded by itself; no request is made within.
  private final Map<String, Known> known =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** Knows nothing yet. */
  public Namespaces(Clock clock) {
    this.clock = clock;
  }

  /**
   * A namespace's labels as they were at most ten seconds ago; none if it is not there.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server doesn't say
   */
  public Map<String, String> labels(String namespace, KubernetesClient client) {
    var now = clock.instant();
    synchronized (known) {
      var before = known.get(namespace);
      if (before != null && now.isBefore(before.until())) {
        return before.labels();
      }
    }
    var labels = read(namespace, client);
    synchronized (known) {
      known.put(namespace, new Known(labels, now.plus(KNOWN_FOR)));
    }
    return labels;
  }

  /**
   * What tells this cluster from all others, as far as they tell: the uid of {@code kube-system}.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server doesn't say
   */
  public @Nullable String cluster(KubernetesClient client) {
    if (cluster == null) {
      var system = client.namespaces().withName("kube-system").get();
      cluster = system == null ? null : system.getMetadata().getUid();
    }
    return cluster;
  }

  private static Map<String, String> read(String namespace, KubernetesClient client) {
    var found = client.namespaces().withName(namespace).get();
    return found == null
        ? Map.of()
        : Objects.requireNonNullElse(found.getMetadata().getLabels(), Map.of());
  }
}
