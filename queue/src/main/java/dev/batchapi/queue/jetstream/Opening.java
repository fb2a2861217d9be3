package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.QueueUnavailableException;
import java.io.IOException;
import java.util.List;

/** Reads what is recorded of a job until the followers of the streams can take over. */
final class Opening {
  private static final int TRIES = 3;

  private final NatsConnection nats;
  private final Tallies tallies;

  Opening(NatsConnection nats, Tallies tallies) {
    this.nats = nats;
    this.tallies = tallies;
  }

  void open(String job, int total) {
    for (var tries = 0; tries < TRIES; tries++) {
      if (tallies.isOpen(job, total)) {
        return;
      }
      var epoch = tallies.epoch();
      var records = new JobRecords(total, System::nanoTime);
      read(job, records);
      if (tallies.join(job, records, epoch, rest -> read(job, rest))) {
        return;
      }
    }
    throw new QueueUnavailableException("The streams change all the time.", null);
  }

  private void read(String job, JobRecords records) {
    read(Subjects.OUT, List.of(Subjects.allOut(job), Subjects.end(job)), job, records);
    read(Subjects.TRY, List.of(Subjects.allAttempts(job)), job, records);
  }

  private void read(String stream, List<String> subjects, String job, JobRecords records) {
    for (var failures = 1; ; failures++) {
      // Asked before the consumer is made: when that has nothing, all up to here is known.
      var last =
          nats.request("look at " + stream, () -> nats.management().getStreamInfo(stream))
              .getStreamState()
              .getLastSequence();
      var range = new StreamReader.Range(stream, subjects, records.upTo(stream) + 1, true);
      try (var reader = StreamReader.open(nats, range)) {
        reader.readAll(record -> tallies.take(stream, record, job, records));
        records.upTo(stream, last);
        return;
      } catch (IOException | io.nats.client.JetStreamStatusException e) {
        if (failures == TRIES) {
          throw new QueueUnavailableException("Could not read the records of job " + job, e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw NatsConnection.interrupted("reading the records of job " + job, e);
      }
    }
  }
}
