package dev.batchapi.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** java-dogstatsd-client as the oracle: where it is right, ours sends the same. */
class LibraryIT {

  @Test
  void bothTransportsSendTheSameLines() {
    try (UdpReceiver ours = new UdpReceiver();
        UdpReceiver library = new UdpReceiver()) {
      StatsdMetrics first = StatsdMetrics.open(ours.settings());
      StatsdMetrics second =
          StatsdMetrics.open(
              library.settings(), new Losses(), new DogstatsdTransport(library.settings()));
      for (StatsdMetrics metrics : List.of(first, second)) {
        Random random = new Random(11);
        for (int i = 0; i < 5_000; i++) {
          // The library has six decimals and no more.
          double value = random.nextInt(-1_000_000_000, 1_000_000_000) / 1e6;
          metrics.gauge("g" + i % 7, value, Map.of("model", "v" + i % 3, "stage", "x"));
          metrics.histogram("h" + i % 7, value, Map.of("model", "v" + i % 3));
        }
        metrics.close();
      }

      // A subsequence: on a busy machine the library's close was seen to lose a line, in any
      // settings.
      await()
          .untilAsserted(
              () -> {
                assertThat(ours.lines()).hasSize(Math.toIntExact(first.stats().sent()));
                assertThat(library.lines()).hasSizeGreaterThan(10_000);
              });
      assertThat(ours.lines()).containsSubsequence(library.lines());
    }
  }
}
