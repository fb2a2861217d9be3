package dev.batchapi.operator;

import dev.batchapi.contract.MetricsFlavour;
import dev.batchapi.operator.pod.PodSecurityLevel;
import dev.batchapi.operator.pod.StatsdSocket;
import dev.batchapi.operator.pod.StatsdVolume;
import dev.batchapi.operator.queue.QueueShares;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the operator is told by its environment; docs/operations.md lists the variables.
 *
 * @param namespace the operator's own
 * @param podName this process among its replicas
 * @param natsUrl servers, separated by commas
 * @param statsd {@code host:port} or {@code unix:///path} to which handlers' metrics are sent;
 *     empty for nowhere
 * @param statsdByNamespace the same for single namespaces, instead of {@code statsd}
 * @param statsdFlavour whose rules those servers have; empty: the worker's own default, prometheus
 * @param statsdVolume how a socket gets into the workers' containers
 * @param runtimeImage image of the worker's container, and of the handler's where the BatchAPI
 *     names none
 * @param lease how long a worker's lease lasts without being renewed
 * @param credentials how long the credentials of a job's workers last; renewed at half of it
 * @param pythonHost the folder with the Python host's files
 * @param httpPort of {@code /healthz}, {@code /readyz} and {@code /metrics}; 0: any free one
 * @param leaderElection whether replicas take turns by a Lease
 * @param workerResources of the workers' containers where they are to differ from ours, by {@code
 *     requests.cpu} and the like
 * @param maxJobs accepted jobs that have not ended which a namespace may have
 * @param maxBatches batches of those jobs together
 * @param maxMib MiB that the BatchJobs of a namespace may keep in the queue; 0: any number
 * @param podSecurity the Pod Security Standard that pods must keep in every namespace that does not
 *     say otherwise
 * @param metricsAuth whether {@code /metrics} is for everybody or for whom Kubernetes allows it
 * @param queueShares how much of the queue each may take
 */
public record OperatorSettings(
    String namespace,
    String podName,
    String natsUrl,
    Optional<String> statsd,
    Map<String, String> statsdByNamespace,
    Optional<MetricsFlavour> statsdFlavour,
    StatsdVolume statsdVolume,
    String runtimeImage,
    Duration lease,
    Duration credentials,
    Path pythonHost,
    int httpPort,
    boolean leaderElection,
    PodSecurityLevel podSecurity,
    Map<String, String> workerResources,
    int maxJobs,
    int maxBatches,
    int maxMib,
    MetricsAuth metricsAuth,
    QueueShares queueShares) {

  /** Of a socket in a folder of its own: the worker's container gets the folder. */
  private static final String UNIX =
      "unix:///[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)+";

  private static final int LONGEST_UNIX = "unix://".length() + 107;

  private static final String WORKER_RESOURCE =
      "(requests|limits)\\.(cpu|memory|ephemeral-storage)=[0-9]+(\\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi)?";

  /** Who may read {@code /metrics}. */
  public enum MetricsAuth {
    /** Whoever reaches the port. */
    NONE,
    /** Whose bearer token Kubernetes knows, and who may {@code get} the URL {@code /metrics}. */
    KUBERNETES
  }

  /** Where the metrics of a namespace's handlers go, if anywhere. */
  public Optional<String> statsd(String ofNamespace) {
    return Optional.ofNullable(statsdByNamespace.get(ofNamespace)).or(this::statsd);
  }

  /**
   * Reads the environment.
   *
   * @throws IllegalArgumentException naming the variable that is missing or wrong
   */
  public static OperatorSettings from(Map<String, String> environment) {
    var env = new Environment(environment);
    var settings =
        new OperatorSettings(
            env.text("BATCHAPI_NAMESPACE", "batchapi-system"),
            env.text("BATCHAPI_POD_NAME", "batchapi-operator"),
            env.required("BATCHAPI_NATS_URL"),
            env.optional("BATCHAPI_STATSD").map(s -> address("BATCHAPI_STATSD", s)),
            byNamespace(env.text("BATCHAPI_STATSD_BY_NAMESPACE", "")),
            env.optional("BATCHAPI_STATSD_FLAVOUR").map(OperatorSettings::flavour),
            statsdVolume(env.text("BATCHAPI_STATSD_VOLUME", "hostPath")),
            env.required("BATCHAPI_RUNTIME_IMAGE"),
            Duration.ofSeconds(env.number("BATCHAPI_LEASE_SECONDS", 15, 3, 3600)),
            Duration.ofSeconds(env.number("BATCHAPI_CREDENTIALS_SECONDS", 3600, 600, 86_400)),
            Path.of(env.text("BATCHAPI_PYTHON_HOST", "/opt/batchapi/python")),
            env.number("BATCHAPI_HTTP_PORT", 8080, 0, 65535),
            env.bool("BATCHAPI_LEADER_ELECTION", true),
            podSecurity(env.text("BATCHAPI_POD_SECURITY", "baseline")),
            workerResources(env.text("BATCHAPI_WORKER_RESOURCES", "")),
            env.number("BATCHAPI_MAX_JOBS", 1_000, 0, 999_999_999),
            env.number("BATCHAPI_MAX_BATCHES", 4_000_000, 0, 999_999_999),
            env.number("BATCHAPI_MAX_MIB", 0, 0, 999_999_999),
            metricsAuth(env.text("BATCHAPI_METRICS_AUTH", "none")),
            QueueShares.ofMib(
                env.number("BATCHAPI_QUEUE_MIB", 0, 0, 100_000_000),
                env.number("BATCHAPI_JOB_MIB", 0, 0, 100_000_000),
                env.number("BATCHAPI_WAITING_BATCHES", 200_000, 1_000, 10_000_000),
                env.number("BATCHAPI_WAITING_BATCHES_PER_NAMESPACE", 100_000, 100, 10_000_000),
                env.number("BATCHAPI_WAITING_BATCHES_PER_JOB", 20_000, 100, 1_000_000),
                env.number("BATCHAPI_WAITING_MIB_PER_JOB", 64, 1, 100_000)));
    settings.statsd().ifPresent(s -> settings.checkFlavour("BATCHAPI_STATSD", s));
    settings
        .statsdByNamespace()
        .forEach((_, s) -> settings.checkFlavour("BATCHAPI_STATSD_BY_NAMESPACE", s));
    return settings;
  }

  private void checkFlavour(String variable, String address) {
    if (StatsdSocket.isSocket(address)
        && !statsdFlavour.equals(Optional.of(MetricsFlavour.DATADOG))) {
      throw new IllegalArgumentException(
          "%s has \"%s\", but a Unix socket is only of use for Datadog's agent: set BATCHAPI_STATSD_FLAVOUR to datadog, or name host:port."
              .formatted(variable, address));
    }
  }

  private static StatsdVolume statsdVolume(String text) {
    return switch (text) {
      case "hostPath" -> StatsdVolume.HOST_PATH;
      case "csi" -> StatsdVolume.CSI;
      default ->
          throw new IllegalArgumentException(
              "BATCHAPI_STATSD_VOLUME is \"%s\", but must be hostPath or csi.".formatted(text));
    };
  }

  private static PodSecurityLevel podSecurity(String text) {
    return PodSecurityLevel.named(text)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "BATCHAPI_POD_SECURITY is \"%s\", but must be privileged, baseline or restricted."
                        .formatted(text)));
  }

  private static MetricsAuth metricsAuth(String text) {
    return switch (text) {
      case "none" -> MetricsAuth.NONE;
      case "kubernetes" -> MetricsAuth.KUBERNETES;
      default ->
          throw new IllegalArgumentException(
              "BATCHAPI_METRICS_AUTH is \"%s\", but must be none or kubernetes.".formatted(text));
    };
  }

  private static Map<String, String> byNamespace(String text) {
    var map = new HashMap<String, String>();
    for (var entry : text.split(",", -1)) {
      if (entry.isBlank()) {
        continue;
      }
      var equals = entry.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "BATCHAPI_STATSD_BY_NAMESPACE has \"%s\", but must be namespace=host:port, with commas between."
                .formatted(entry.strip()));
      }
      map.put(
          entry.substring(0, equals).strip(),
          address("BATCHAPI_STATSD_BY_NAMESPACE", entry.substring(equals + 1).strip()));
    }
    return Map.copyOf(map);
  }

  private static Map<String, String> workerResources(String text) {
    var map = new TreeMap<String, String>();
    for (var entry : text.split(",", -1)) {
      if (entry.isBlank()) {
        continue;
      }
      if (!entry.strip().matches(WORKER_RESOURCE)) {
        throw new IllegalArgumentException(
            "BATCHAPI_WORKER_RESOURCES has \"%s\", but must be such as requests.cpu=100m,limits.memory=256Mi."
                .formatted(entry.strip()));
      }
      var equals = entry.indexOf('=');
      map.put(entry.substring(0, equals).strip(), entry.substring(equals + 1).strip());
    }
    return map;
  }

  private static MetricsFlavour flavour(String text) {
    return switch (text) {
      case "prometheus" -> MetricsFlavour.PROMETHEUS;
      case "datadog" -> MetricsFlavour.DATADOG;
      default ->
          throw new IllegalArgumentException(
              "BATCHAPI_STATSD_FLAVOUR is \"%s\", but must be prometheus or datadog."
                  .formatted(text));
    };
  }

  private static String address(String variable, String text) {
    if (StatsdSocket.isSocket(text)) {
      if (!text.matches(UNIX) || text.length() > LONGEST_UNIX) {
        throw new IllegalArgumentException(
            "%s has \"%s\", but a socket must lie in a folder of its own, such as unix:///var/run/datadog/dsd.socket."
                .formatted(variable, text));
      }
    } else if (!text.matches("[^ /:]+:[0-9]{1,5}") || port(text) < 1 || port(text) > 65535) {
      throw new IllegalArgumentException(
          "%s has \"%s\", but must be host:port, such as statsd-exporter.batchapi-system.svc:9125, or unix:///path of a Datadog agent's socket."
              .formatted(variable, text));
    }
    return text;
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.indexOf(':') + 1));
  }

  private record Environment(Map<String, String> variables) {

    Optional<String> optional(String name) {
      return Optional.ofNullable(variables.get(name)).map(String::strip).filter(v -> !v.isEmpty());
    }

    String text(String name, String fallback) {
      return optional(name).orElse(fallback);
    }

    String required(String name) {
      return optional(name)
          .orElseThrow(() -> new IllegalArgumentException("%s is not set.".formatted(name)));
    }

    int number(String name, int fallback, int least, int most) {
      var text = text(name, Integer.toString(fallback));
      if (!text.matches("[0-9]{1,9}")
          || Integer.parseInt(text) < least
          || Integer.parseInt(text) > most) {
        throw new IllegalArgumentException(
            "%s is \"%s\", but must be a number from %d to %d.".formatted(name, text, least, most));
      }
      return Integer.parseInt(text);
    }

    boolean bool(String name, boolean fallback) {
      return switch (text(name, Boolean.toString(fallback))) {
        case "true" -> true;
        case "false" -> false;
        default ->
            throw new IllegalArgumentException(
                "%s is \"%s\", but must be true or false.".formatted(name, variables.get(name)));
      };
    }
  }
}
