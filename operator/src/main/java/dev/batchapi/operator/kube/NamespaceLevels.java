package dev.batchapi.operator.kube;

import dev.batchapi.operator.pod.PodSecurityLevel;
import dev.batchapi.operator.pod.RequiredLevel;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What pods must keep in each namespace, by its labels. Asked for when it is needed and remembered
 * for a moment, so that many jobs of a namespace cost one request.
 */
public final class NamespaceLevels {
  static final Duration KNOWN_FOR = Duration.ofSeconds(10);
  private static final int REMEMBERED = 1_000;

  private record Known(RequiredLevel level, Instant until) {}

  private final PodSecurityLevel everywhere;
  private final Clock clock;

  // Guarded by itself; no request is made within.
  private final Map<String, Known> known =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * Knows nothing yet.
   *
   * @param everywhere what is asked for in a namespace whose labels don't say otherwise
   */
  public NamespaceLevels(PodSecurityLevel everywhere, Clock clock) {
    this.everywhere = everywhere;
    this.clock = clock;
  }

  /**
   * What is required there, as it was at most ten seconds ago.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server doesn't say
   */
  public RequiredLevel of(String namespace, KubernetesClient client) {
    var now = clock.instant();
    synchronized (known) {
      var before = known.get(namespace);
      if (before != null && now.isBefore(before.until())) {
        return before.level();
      }
    }
    var level = RequiredLevel.in(namespace, labels(namespace, client), everywhere);
    synchronized (known) {
      known.put(namespace, new Known(level, now.plus(KNOWN_FOR)));
    }
    return level;
  }

  private static Map<String, String> labels(String namespace, KubernetesClient client) {
    var found = client.namespaces().withName(namespace).get();
    return found == null
        ? Map.of()
        : Objects.requireNonNullElse(found.getMetadata().getLabels(), Map.of());
  }
}
