package dev.batchapi.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuardSettingsTest {
  @Test
  void withoutAnyItIsSetForTheDeploymentThatShips() {
    GuardSettings settings = GuardSettings.from(Map.of());

    assertThat(settings.listen().getPort()).isEqualTo(9125);
    assertThat(settings.listen().getAddress().isAnyLocalAddress()).isTrue();
    assertThat(settings.exporter()).hasToString("/127.0.0.1:9125");
    assertThat(settings.http().getPort()).isEqualTo(9103);
    assertThat(settings.maxSeries()).isEqualTo(20_000);
  }

  @ParameterizedTest
  @CsvSource({
    "LISTEN, 9125",
    "LISTEN, :99999",
    "EXPORTER, localhost",
    "EXPORTER_METRICS, https://x/metrics",
    "MAX_SERIES, 0",
    "SENDER_PART, x",
    "TTL_SECONDS, 1h"
  })
  void aBadValueIsNamed(String name, String value) {
    assertThatThrownBy(() -> GuardSettings.from(Map.of("BATCHAPI_GUARD_" + name, value)))
        .hasMessageContaining("BATCHAPI_GUARD_" + name)
        .hasMessageContaining(value);
  }
}
