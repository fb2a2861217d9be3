package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.QueueUnavailableException;
import io.nats.client.JetStreamStatusException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the jobs of the records that were there before the followers began. Every record is looked
 * at once; an attempt that is broken off is continued by the next one.
 */
final class Leftovers {
  private final NatsConnection nats;
  private final FollowedStreams followed;
  private final SeenJobs seen;

  // Guarded by this.
  private final Map<String, Long> lookedAt = new HashMap<>();
  private boolean everything;

  Leftovers(NatsConnection nats, FollowedStreams followed, SeenJobs seen) {
    this.nats = nats;
    this.followed = followed;
    this.seen = seen;
  }

  /** Makes the jobs known that have records. */
  synchronized void look() {
    if (seen.wasOverflown()) { // those that the followers saw since are not known either
      lookedAt.clear();
      everything = true;
    }
    look(Subjects.OUT);
    look(Subjects.TRY);
    everything = false;
  }

  private void look(String stream) {
    var from = lookedAt.getOrDefault(stream, 0L);
    if (from >= followed.start(stream) && !everything) {
      return;
    }
    var range = new StreamReader.Range(stream, List.of(">"), from + 1, true);
    try (var reader = StreamReader.open(nats, range)) {
      reader.readAll(
          record -> {
            var job = Subjects.job(record.getSubject());
            if (job != null) {
              seen.add(job);
            }
            lookedAt.put(stream, record.metaData().streamSequence());
          });
      lookedAt.merge(stream, followed.start(stream), Math::max);
    } catch (IOException | JetStreamStatusException e) {
      throw new QueueUnavailableException("Could not look at all of stream " + stream, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw NatsConnection.interrupted("looking at stream " + stream, e);
    }
  }
}
