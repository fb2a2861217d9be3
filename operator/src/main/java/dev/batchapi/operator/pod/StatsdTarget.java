package dev.batchapi.operator.pod;

import dev.batchapi.contract.MetricsFlavour;
import dev.batchapi.crds.BatchApiSpec;
import dev.batchapi.crds.Metrics;
import dev.batchapi.crds.NamedSpec;
import dev.batchapi.operator.OperatorSettings;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a job's metrics go. An author may send them to any host, but to no other socket than the
 * operator's: what is mounted from a node is never theirs to say.
 *
 * @param socket the operator's, if they go there; else null
 * @param tellsOrigin whether an agent gets them that wants to know which pod they come from
 */
record StatsdTarget(@Nullable StatsdSocket socket, boolean tellsOrigin) {

  /**
   * Of a BatchAPI's jobs.
   *
   * @throws PodTemplateException if its metrics settings and the operator's don't go together
   */
  static StatsdTarget of(NamedSpec<BatchApiSpec> api, OperatorSettings settings) {
    var metrics = Objects.requireNonNullElse(api.spec().metrics(), Metrics.NONE);
    var ours = settings.statsd(api.namespace());
    var authors = Optional.ofNullable(metrics.statsd());
    authors.filter(StatsdSocket::isSocket).ifPresent(socket -> check(socket, ours, api));
    var flavour =
        Optional.ofNullable(metrics.flavour())
            .or(settings::statsdFlavour)
            .orElse(MetricsFlavour.PROMETHEUS);
    var address = authors.or(() -> ours).orElse("");
    if (address.isEmpty()) {
      return new StatsdTarget(null, false);
    }
    if (!StatsdSocket.isSocket(address)) {
      return new StatsdTarget(null, flavour == MetricsFlavour.DATADOG);
    }
    if (flavour != MetricsFlavour.DATADOG) {
      throw new PodTemplateException(
          "spec.metrics.flavour is prometheus, but the operator sends the metrics of namespace \"%s\" to a socket of Datadog's agent, %s: leave flavour out, or name a host:port as spec.metrics.statsd."
              .formatted(api.namespace(), address));
    }
    return new StatsdTarget(StatsdSocket.of(address, settings.statsdVolume()), true);
  }

  private static void check(String authors, Optional<String> ours, NamedSpec<BatchApiSpec> api) {
    if (!Optional.of(authors).equals(ours)) {
      throw new PodTemplateException(
          "spec.metrics.statsd is \"%s\", but a worker has no other socket than the operator's, and the operator %s: leave it out, or name host:port."
              .formatted(
                  authors,
                  ours.filter(StatsdSocket::isSocket)
                      .map(
                          socket ->
                              "uses %s in namespace \"%s\"".formatted(socket, api.namespace()))
                      .orElse("uses none in namespace \"%s\"".formatted(api.namespace()))));
    }
  }
}
