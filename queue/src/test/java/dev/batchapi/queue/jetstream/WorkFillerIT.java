package dev.batchapi.queue.jetstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.queue.Batches;
import dev.batchapi.queue.ChangeListeners;
import dev.batchapi.queue.Window;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An owner that stands still between its question and what follows from the answer. */
@Timeout(120)
class WorkFillerIT {
  private static final JetStreamSettings SETTINGS = JetStreamSettings.DEFAULT;

  @Test
  void whatWasAskedBeforeAStandstillIsNotPublished() {
    var nanos = new AtomicLong();
    var frozen = new AtomicLong();
    var batches =
        Batches.of(
            2500,
            index -> {
              if (index == 1500) { // after the first part
                nanos.addAndGet(frozen.getAndSet(0));
              }
              return new byte[] {'[', ']'};
            });
    try (var server = NatsServer.startUnsynced();
        var nats = NatsConnection.open(server.owner(), Duration.ofMinutes(1), null);
        var changes = new ChangeListeners()) {
      var tallies = new Tallies(changes, new SeenJobs(), job -> null);
      var streams = new Streams(nats, SETTINGS);
      try (var followed =
          new FollowedStreams(nats, streams, tallies, changes, SETTINGS.patience())) {
        var filler = new WorkFiller(nats, streams, followed, tallies, nanos::get);
        new Opening(nats, tallies).open("j", batches.count());
        frozen.set(WorkFiller.STOOD_STILL.toNanos());

        var before = filler.fill("j", batches, Window.UNBOUNDED, SETTINGS.lease());
        assertThat(before.published()).as("the part before it").isEqualTo(1000);

        var next = filler.fill("j", batches, Window.UNBOUNDED, SETTINGS.lease());
        assertThat(next.published()).as("asked anew").isEqualTo(1500);
      }
    }
  }
}
