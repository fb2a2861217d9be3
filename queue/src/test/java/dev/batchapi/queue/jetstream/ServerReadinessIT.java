package dev.batchapi.queue.jetstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.queue.Batches;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The probes of the server's pod ask no more than whether its port for clients is open. */
@Timeout(300)
class ServerReadinessIT {
  @Test
  void clientsAreListenedForOnceTheStreamsAreRead() throws Exception {
    try (var server = NatsServer.start()) {
      try (var ledger = JetStreamLedger.connect(server.owner(), JetStreamSettings.DEFAULT)) {
        ledger.enqueue("j", Batches.of(50_000, index -> new byte[1000]));
      }
      for (var i = 0; i < 3; i++) {
        server.kill();
        server.restart(); // returns as soon as the port is open
        try (var nats = NatsConnection.open(server.owner(), Duration.ofSeconds(1), null)) {
          // Asked once, without the patience of a call.
          var stream = nats.management().getStreamInfo(Subjects.WORK);
          assertThat(stream.getStreamState().getMsgCount()).isEqualTo(50_000);
          assertThat(nats.management().getConsumerInfo(Subjects.WORK, "j").getNumPending())
              .isEqualTo(50_000);
        }
      }
    }
  }
}
