package dev.batchapi.operator.job.accept;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.FrozenObjects;
import dev.batchapi.operator.pod.Given;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class CredentialsTest {
  private static final Duration VALIDITY = Duration.ofHours(1);
  private final FrozenJob job = Given.jobWith("batchSize: 1");
  private final List<Secret> applied = new ArrayList<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return now;
        }
      };

  private Credentials credentials() {
    return new Credentials((namespace, uid, expires) -> namespace + uid, VALIDITY, clock);
  }

  private int minutesUntilRenewal(Credentials credentials) {
    var before = applied.size();
    for (var minutes = 1; minutes < 120; minutes++) {
      now = now.plus(Duration.ofMinutes(1));
      credentials.ensure(job, applied::add);
      if (applied.size() > before) {
        return minutes;
      }
    }
    throw new AssertionError("never renewed");
  }

  @Test
  void areRenewedAtHalfOfTheirValidityForAsLongAsTheJobLives() {
    var credentials = credentials();
    credentials.ensure(job, applied::add);
    assertThat(applied.getFirst().getMetadata().getAnnotations())
        .containsEntry(FrozenObjects.EXPIRES, now.plus(VALIDITY).toString());

    for (var i = 0; i < 5; i++) {
      assertThat(minutesUntilRenewal(credentials)).isBetween(24, 30);
    }
  }

  @Test
  void jobsThatBeganTogetherPart() {
    var moments = new HashSet<Integer>();
    for (var i = 0; i < 50; i++) {
      var credentials = credentials();
      credentials.ensure(job, applied::add);
      moments.add(minutesUntilRenewal(credentials));
    }
    assertThat(moments).hasSizeGreaterThan(1);
  }
}
