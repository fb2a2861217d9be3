package dev.batchapi.runtime.worker;

import static dev.batchapi.queue.Waiting.For.RateLimit;
import static dev.batchapi.queue.Waiting.For.RetryLater;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitNewsTest {
  private final List<String> told = new ArrayList<>();
  private long now = Long.MAX_VALUE - Duration.ofSeconds(15).toNanos(); // it may wrap
  private final WaitNews news = new WaitNews((what, why) -> told.add(what + why), () -> now);

  private void passes(double seconds) {
    now += (long) (seconds * 1e9);
  }

  @Test
  void aLongWaitIsToldAgainAndAgainAsLongAsItLasts() {
    news.begins(RetryLater, " 503");
    for (var second = 0; second < 45; second++) {
      passes(1);
      news.goesOn();
    }
    news.ends();
    assertThat(told)
        .containsExactly("RetryLater 503", "RetryLater 503", "RetryLater 503", "RetryLater 503");
    passes(60);
    news.goesOn();
    assertThat(told).hasSize(4);
  }

  @Test
  void manyShortWaitsAreToldIfTheyAreMostOfTheTime() {
    for (var i = 0; i < 100; i++) {
      news.begins(RateLimit, "");
      passes(0.15);
      news.ends();
      passes(0.05);
    }
    assertThat(told).hasSize(1).containsOnly("RateLimit");
  }

  @Test
  void whoWorksMostOfTheTimeSaysNothing() {
    for (var i = 0; i < 200; i++) {
      news.begins(RateLimit, "");
      passes(0.05);
      news.ends();
      passes(0.15);
    }
    assertThat(told).isEmpty();
  }

  /** The shorter one is often the last of the ten seconds that are looked at. */
  @Test
  void ofTwoKindsOfWaitsItTellsTheOneThatTakesMostOfTheTime() {
    for (var batch = 0; batch < 20; batch++) {
      news.begins(RateLimit, "");
      passes(1.2);
      news.ends();
      news.begins(RetryLater, " busy");
      passes(0.8);
      news.ends();
    }
    assertThat(told).hasSizeGreaterThanOrEqualTo(3).containsOnly("RateLimit");
  }

  /** Its host died in the middle of it, and another batch waits. */
  @Test
  void aWaitThatNeverEndedIsNoneOfWhatComesAfterIt() {
    news.begins(RateLimit, "");
    passes(1);
    passes(30);
    news.begins(RetryLater, " busy");
    news.ends();
    assertThat(told).isEmpty();
  }
}
