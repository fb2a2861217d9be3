package dev.batchapi.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.queue.Batches;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.jetstream.JetStreamLedger;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.NatsAccess;
import dev.batchapi.queue.jetstream.NatsServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What CrashIT relies on: of a dead operator nothing arrives at the queue, and its last word does.
 */
@Timeout(120)
class DeadOperatorIT {
  private static final JetStreamSettings SETTINGS =
      JetStreamSettings.DEFAULT.withPatience(Duration.ofSeconds(2));
  private static final Batches BATCHES = Batches.of(5, index -> new byte[] {'[', ']'});

  private final NatsServer server = NatsServer.start();
  private final String job = UUID.randomUUID().toString();

  @AfterEach
  void close() {
    server.close();
  }

  private int publishedWhenKilled(boolean afterwards) {
    var url = URI.create(server.url());
    var owner = server.owner();
    // The consumer is the first call, the batches are the second.
    var calls = new AtomicInteger();
    var death = new Death("team", call -> calls.incrementAndGet() == 2, afterwards, call -> true);
    try (var way =
            new QueueWay(new InetSocketAddress(url.getHost(), url.getPort()), death, job::equals);
        var mortal =
            JetStreamLedger.connect(
                new NatsAccess(way.url(), owner.credentials(), "mortal"), SETTINGS)) {
      assertThatThrownBy(() -> mortal.enqueue(job, BATCHES))
          .isInstanceOf(QueueUnavailableException.class);
      assertThat(death.isDead()).isTrue();
      assertThat(death.seen()).hasSize(2);
      try (var heir = JetStreamLedger.connect(owner, SETTINGS)) {
        return 5 - heir.enqueue(job, BATCHES);
      }
    }
  }

  @Test
  void nothingArrivesOfOneThatWasKilledBefore() {
    assertThat(publishedWhenKilled(false)).isZero();
  }

  @Test
  void theLastCallArrivesOfOneThatWasKilledAfterIt() {
    assertThat(publishedWhenKilled(true)).isEqualTo(5);
  }
}
