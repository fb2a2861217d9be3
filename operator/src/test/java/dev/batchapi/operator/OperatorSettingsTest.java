package dev.batchapi.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.batchapi.contract.MetricsFlavour;
import dev.batchapi.operator.OperatorSettings.MetricsAuth;
import dev.batchapi.operator.pod.PodSecurityLevel;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class OperatorSettingsTest {
  private static OperatorSettings with(String... pairs) {
    var env = new HashMap<String, String>();
    env.put("BATCHAPI_NATS_URL", "nats://nats:4222");
    env.put("BATCHAPI_RUNTIME_IMAGE", "runtime:1");
    for (int i = 0; i < pairs.length; i += 2) {
      env.put(pairs[i], pairs[i + 1]);
    }
    return OperatorSettings.from(env);
  }

  @Test
  void whatIsNotSetHasItsDefault() {
    var settings = with();

    assertThat(settings.lease()).isEqualTo(Duration.ofSeconds(15));
    assertThat(settings.httpPort()).isEqualTo(8080);
    assertThat(settings.leaderElection()).isTrue();
    assertThat(settings.statsd("team-a")).isEmpty();
    assertThat(settings.statsdFlavour()).isEmpty();
    assertThat(settings.podSecurity()).isEqualTo(PodSecurityLevel.BASELINE);
    assertThat(settings.metricsAuth()).isEqualTo(MetricsAuth.NONE);
  }

  @Test
  void aNamespaceMayHaveAnExporterOfItsOwn() {
    var settings =
        with(
            "BATCHAPI_STATSD", "statsd:9125",
            "BATCHAPI_STATSD_BY_NAMESPACE", "team-a=a:9125, team-b=b:9126");

    assertThat(settings.statsd("team-a")).contains("a:9125");
    assertThat(settings.statsd("team-b")).contains("b:9126");
    assertThat(settings.statsd("team-c")).contains("statsd:9125");
  }

  @Test
  void theServersMayBeDatadogAgents() {
    assertThat(with("BATCHAPI_STATSD_FLAVOUR", "datadog").statsdFlavour())
        .contains(MetricsFlavour.DATADOG);
    assertThat(with("BATCHAPI_STATSD_FLAVOUR", "prometheus").statsdFlavour())
        .contains(MetricsFlavour.PROMETHEUS);
  }

  @Test
  void aMissingVariableIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OperatorSettings.from(Map.of()))
        .withMessage("BATCHAPI_NATS_URL is not set.");
  }

  @Test
  void aWrongValueIsNamedWithItsVariable() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> with("BATCHAPI_LEASE_SECONDS", "2"))
        .withMessage("BATCHAPI_LEASE_SECONDS is \"2\", but must be a number from 3 to 3600.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> with("BATCHAPI_STATSD", "statsd"))
        .withMessageStartingWith("BATCHAPI_STATSD has \"statsd\", but must be host:port");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> with("BATCHAPI_STATSD", "statsd:99999"))
        .withMessageStartingWith("BATCHAPI_STATSD has \"statsd:99999\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> with("BATCHAPI_STATSD_BY_NAMESPACE", "team-a"))
        .withMessageStartingWith("BATCHAPI_STATSD_BY_NAMESPACE has \"team-a\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> with("BATCHAPI_STATSD_FLAVOUR", "graphite"))
        .withMessage("BATCHAPI_STATSD_FLAVOUR is \"graphite\", but must be prometheus or datadog.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> with("BATCHAPI_POD_SECURITY", "off"))
        .withMessage(
            "BATCHAPI_POD_SECURITY is \"off\", but must be privileged, baseline or restricted.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> with("BATCHAPI_METRICS_AUTH", "basic"))
        .withMessage("BATCHAPI_METRICS_AUTH is \"basic\", but must be none or kubernetes.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> with("BATCHAPI_LEADER_ELECTION", "yes"))
        .withMessage("BATCHAPI_LEADER_ELECTION is \"yes\", but must be true or false.");
  }
}
