package dev.batchapi.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Our own socket and java-dogstatsd-client side by side. */
class SameLinesAsTheLibraryIT {

  @Test
  void bothSendTheSameLines() {
    try (UdpReceiver ours = new UdpReceiver();
        UdpReceiver library = new UdpReceiver()) {
      StatsdMetrics first = StatsdMetrics.open(ours.settings());
      StatsdMetrics second = overTheLibrary(library.settings());
      for (StatsdMetrics metrics : List.of(first, second)) {
        Random random = new Random(11);
        for (int i = 0; i < 5_000; i++) {
          double value = random.nextGaussian() * Math.pow(10, random.nextInt(-12, 12));
          metrics.gauge("g" + i % 7, value, Map.of("model", "v" + i % 3, "stage", "x"));
          metrics.histogram("h" + i % 7, value, Map.of("model", "v" + i % 3));
        }
        metrics.close();
      }

      await()
          .untilAsserted(
              () -> {
                assertThat(ours.lines()).hasSize(Math.toIntExact(first.stats().sent()));
                assertThat(library.lines()).hasSize(ours.lines().size());
              });
      assertThat(library.lines().stream().map(line -> line.replaceAll("\\|c:.*", "")))
          .containsExactlyElementsOf(ours.lines());
    }
  }

  private static StatsdMetrics overTheLibrary(MetricsSettings settings) {
    Losses losses = new Losses();
    return StatsdMetrics.open(
        settings,
        losses,
        new CarriedTransport(losses, way -> new Dogstatsd(settings.server(), way)));
  }
}
