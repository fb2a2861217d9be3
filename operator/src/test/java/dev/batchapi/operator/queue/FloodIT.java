package dev.batchapi.operator.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchapi.operator.OperatorSettings;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.End;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.Usage;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.JetStreamWorkQueue;
import dev.batchapi.queue.jetstream.NatsAccess;
import dev.batchapi.queue.jetstream.NatsServer;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One job's credentials write as fast as they can. */
@Timeout(900)
final class FloodIT {
  private static final Duration LONG = Duration.ofMinutes(4);
  private static final JetStreamSettings OF_WORKERS =
      JetStreamSettings.DEFAULT.withPatience(Duration.ofMinutes(1));

  @TempDir Path folder;

  private Path credentials(JobQueue queue, String job) throws Exception {
    var file = Files.createTempFile(folder, job, ".creds");
    return Files.writeString(
        file, queue.workerCredentials("team-a", job, Instant.now().plus(Duration.ofHours(1))));
  }

  @Test
  void theOwnerSeesItAndTheNeighbourGoesOn() throws Exception {
    try (var server = NatsServer.start();
        var queue =
            JobQueue.start(
                OperatorSettings.from(
                    Map.of(
                        "BATCHAPI_NATS_URL", server.url(), "BATCHAPI_RUNTIME_IMAGE", "runtime:1")),
                server.accounts())) {
      await().atMost(LONG).until(queue::connected);
      var ledger = queue.ledger();
      var batches = Batches.of(5, index -> "[1]".getBytes(UTF_8));
      ledger.enqueue("bad", batches);
      ledger.enqueue("good", batches);
      var stop = new AtomicBoolean();
      var flood = Thread.ofPlatform().start(flood(server.url(), credentials(queue, "bad"), stop));
      try (var good =
          JetStreamWorkQueue.connect(
              new NatsAccess(server.url(), credentials(queue, "good"), "good"),
              "good",
              5,
              OF_WORKERS)) {
        // As long as the flood lasts the counts of no job may be known; its size is.
        await().atMost(LONG).until(() -> isMuch(ledger.usage("bad")));
        queue.revoke("bad");
        flood.join(LONG);
        assertThat(flood.isAlive()).as("cut off").isFalse();
        var end = new End(End.Verdict.QueueMisused, "A flood.", Instant.now());
        await()
            .atMost(LONG)
            .ignoreException(QueueUnavailableException.class)
            .until(
                () -> {
                  ledger.end("bad", end);
                  ledger.discard("bad");
                  return true;
                });
        for (var done = 0; done < 5; done++) {
          var lease = good.lease(LONG).orElseThrow();
          assertThat(lease.commit(Outcome.succeeded(1, new byte[] {'1'}))).isTrue();
        }
      } finally {
        stop.set(true);
        flood.join();
      }
      await()
          .atMost(LONG)
          .ignoreException(QueueUnavailableException.class)
          .until(() -> ledger.counts("good").succeeded() == 5);
    }
  }

  private static boolean isMuch(Usage usage) {
    return usage.garbage() > 1_000 || usage.garbageBytes() > 16 << 20;
  }

  private static Runnable flood(String url, Path credentials, AtomicBoolean stop) {
    return () -> {
      var options =
          Options.builder()
              .server(url)
              .authHandler(Nats.credentials(credentials.toString()))
              .inboxPrefix("_INBOX_bad.")
              .maxReconnects(0)
              .build();
      try {
        var connection = Nats.connect(options);
        for (var i = 0; !stop.get(); i++) {
          connection.publish("out.bad." + (10 + i), new byte[20_000]);
        }
        connection.close();
      } catch (InterruptedException | IOException | IllegalStateException e) {
        stop.set(true); // cut off
      }
    };
  }
}
