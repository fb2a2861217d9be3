package dev.batchapi.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsSettingsTest {

  @ParameterizedTest
  @CsvSource({
    "statsd-exporter.batchapi-system:9125, statsd-exporter.batchapi-system, 9125",
    "10.0.0.7:1, 10.0.0.7, 1",
    "[::1]:65535, ::1, 65535"
  })
  void readsHostAndPort(String text, String host, int port) {
    assertThat(MetricsSettings.parse(text)).isEqualTo(MetricsSettings.of(host, port));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "statsd",
        ":9125",
        "statsd:",
        "statsd:x",
        "statsd:-1",
        "statsd:123456",
        "::1:9125",
        "http://statsd:9125",
        "a b/c:1",
        " statsd:9125",
        "statsd:0",
        "statsd:65536",
        "unix://dsd.socket",
        "unix:/dsd.socket",
        "unix:///run/../dsd.socket",
        "unix:///run/dsd socket"
      })
  void aBadAddressNamesItsVariable(String text) {
    assertThatThrownBy(() -> MetricsSettings.fromEnvironment(Map.of("BATCHAPI_STATSD", text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("BATCHAPI_STATSD: ");
  }

  @ParameterizedTest
  @CsvSource({
    "BATCHAPI_METRICS_TAGS, team",
    "BATCHAPI_METRICS_TAGS, 'team:a,,'",
    "BATCHAPI_METRICS_TAGS, 'a:1,b:1,c:1,d:1,e:1,f:1,g:1,h:1,i:1,j:1,k:1'",
    "BATCHAPI_STATSD_FLAVOUR, Prometheus",
    "BATCHAPI_METRICS_MAX_SERIES, 0",
    "BATCHAPI_METRICS_MAX_SERIES, 999999",
    "BATCHAPI_METRICS_MAX_SERIES, many",
    "BATCHAPI_METRICS_ZERO_SECONDS, yes",
    "BATCHAPI_METRICS_ZERO_SECONDS, 301"
  })
  void everyOtherBadValueNamesItsVariableToo(String variable, String value) {
    Map<String, String> environment = Map.of("BATCHAPI_STATSD", "statsd:9125", variable, value);

    assertThatThrownBy(() -> MetricsSettings.fromEnvironment(environment))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(variable + ": ");
  }

  @Test
  void aSocketIsOfDatadogsFlavour() {
    Map<String, String> socket = Map.of("BATCHAPI_STATSD", "unix:///var/run/datadog/dsd.socket");

    assertThat(MetricsSettings.parse("unix:///var/run/datadog/dsd.socket").server())
        .isEqualTo(new StatsdAddress.Unix("/var/run/datadog/dsd.socket"));
    assertThatThrownBy(() -> MetricsSettings.fromEnvironment(socket))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "BATCHAPI_STATSD: a Unix socket needs the flavour datadog; for prometheus name host:port");
    assertThat(
            MetricsSettings.fromEnvironment(
                Map.of(
                    "BATCHAPI_STATSD", "unix:///var/run/datadog/dsd.socket",
                    "BATCHAPI_STATSD_FLAVOUR", "datadog")))
        .isPresent();
  }

  @Test
  void withoutAnAddressThereAreNoSettings() {
    assertThat(MetricsSettings.fromEnvironment(Map.of())).isEmpty();
    assertThat(MetricsSettings.fromEnvironment(Map.of("BATCHAPI_STATSD", ""))).isEmpty();
  }

  @Test
  void readsEveryVariable() {
    Map<String, String> environment =
        Map.of(
            "BATCHAPI_STATSD", "statsd:9125",
            "BATCHAPI_METRICS_TAGS", "team:vision,url:http://a:80",
            "BATCHAPI_STATSD_FLAVOUR", "datadog",
            "BATCHAPI_METRICS_MAX_SERIES", "50",
            "BATCHAPI_METRICS_ZERO_SECONDS", "15");

    assertThat(MetricsSettings.fromEnvironment(environment))
        .contains(
            MetricsSettings.of("statsd", 9125)
                .withTags(Map.of("team", "vision", "url", "http://a:80"))
                .withFlavour(Flavour.DATADOG)
                .withMaxSeries(50)
                .withZeroSeconds(15));
  }
}
