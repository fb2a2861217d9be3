package dev.batchapi.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.batchapi.contract.MetricsFlavour;
import dev.batchapi.operator.OperatorSettings.MetricsAuth;
import dev.batchapi.operator.pod.PodSecurityLevel;
import dev.batchapi.operator.pod.StatsdVolume;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void anAgentMayListenOnASocketOfItsNode() {
    var settings =
        with(
            "BATCHAPI_STATSD", "unix:///var/run/datadog/dsd.socket",
            "BATCHAPI_STATSD_BY_NAMESPACE", "team-a=agent:8125,team-b=unix:///run/dd/b.socket",
            "BATCHAPI_STATSD_FLAVOUR", "datadog");

    assertThat(settings.statsd("vision")).contains("unix:///var/run/datadog/dsd.socket");
    assertThat(settings.statsd("team-a")).contains("agent:8125");
    assertThat(settings.statsd("team-b")).contains("unix:///run/dd/b.socket");
    assertThat(settings.statsdVolume()).isEqualTo(StatsdVolume.HOST_PATH);
    assertThat(with("BATCHAPI_STATSD_VOLUME", "csi").statsdVolume()).isEqualTo(StatsdVolume.CSI);
  }

  /** The worker's container gets the socket's folder: that must not be the node's root. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "unix:///dsd.socket",
        "unix:///var/run/datadog/",
        "unix:///var/run/../docker.sock",
        "unix:///var/run/./dsd.socket",
        "unix://var/run/datadog/dsd.socket",
        "unix:/var/run/datadog/dsd.socket",
        "unix:///var//dsd.socket"
      })
  void aSocketLiesInAFolderOfItsOwn(String address) {
    for (var variable : List.of("BATCHAPI_STATSD", "BATCHAPI_STATSD_BY_NAMESPACE")) {
      var value = variable.endsWith("NAMESPACE") ? "team-a=" + address : address;
      assertThatIllegalArgumentException()
          .isThrownBy(() -> with(variable, value, "BATCHAPI_STATSD_FLAVOUR", "datadog"))
          .withMessageStartingWith(
              variable + " has \"" + address + "\", but a socket must lie in a folder of its own");
    }
  }

  @Test
  void aSocketIsOnlyOfUseForDatadogsAgent() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> with("BATCHAPI_STATSD", "unix:///run/datadog/dsd.socket"))
        .withMessage(
            "BATCHAPI_STATSD has \"unix:///run/datadog/dsd.socket\", but a Unix socket is only of use for Datadog's agent: set BATCHAPI_STATSD_FLAVOUR to datadog, or name host:port.");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                with(
                    "BATCHAPI_STATSD_BY_NAMESPACE", "a=unix:///run/datadog/dsd.socket",
                    "BATCHAPI_STATSD_FLAVOUR", "prometheus"))
        .withMessageStartingWith("BATCHAPI_STATSD_BY_NAMESPACE has");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> with("BATCHAPI_STATSD_VOLUME", "emptyDir"))
        .withMessage("BATCHAPI_STATSD_VOLUME is \"emptyDir\", but must be hostPath or csi.");
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
