package dev.batchapi.operator.job.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** By the system's own resolver. */
class StatsdAddressesTest {
  private final AtomicLong nanos = new AtomicLong();
  private final StatsdAddresses addresses = new StatsdAddresses(nanos::get);

  @Test
  void aHostThatNobodyKnowsIsNamed() {
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () ->
                assertThat(addresses.trouble("statsd.no-such-host.invalid:9125", "team"))
                    .get()
                    .asString()
                    .contains("statsd.no-such-host.invalid:9125", "metrics.statsd"));
    nanos.addAndGet(Duration.ofMinutes(2).toNanos());
    assertThat(addresses.trouble("statsd.no-such-host.invalid:9125", "team"))
        .as("while it is asked for again")
        .isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"127.0.0.1:9125", "localhost:9125", "[::1]:9125", "unix:///run/dsd.socket"})
  void whatCanBeFoundIsNotSpokenOf(String address) throws InterruptedException {
    for (int i = 0; i < 20; i++) {
      assertThat(addresses.trouble(address, "team")).isEmpty();
      Thread.sleep(10);
    }
  }
}
