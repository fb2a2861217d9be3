package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.Ledger.OutcomeReader;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.QueueUnavailableException;
import io.nats.client.JetStreamStatusException;
import io.nats.client.Message;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads outcomes with their bodies; those behind the end of their job are none. */
final class Outcomes {
  private static final int TRIES = 3;

  private final NatsConnection nats;
  private final String job;
  private long next = 1;

  Outcomes(NatsConnection nats, String job) {
    this.nats = nats;
    this.job = job;
  }

  void readWhile(OutcomeReader taker) {
    var end = end();
    for (var failures = 1; ; failures++) {
      var range = new StreamReader.Range(Subjects.OUT, List.of(Subjects.allOut(job)), next, false);
      try (var reader = StreamReader.open(nats, range)) {
        reader.readWhile(record -> goesOn(record, end, taker));
        return;
      } catch (IOException | JetStreamStatusException e) {
        if (failures == TRIES) {
          throw new QueueUnavailableException("Could not read the outcomes of job " + job, e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw NatsConnection.interrupted("reading the outcomes of job " + job, e);
      }
    }
  }

  private boolean goesOn(Message record, long end, OutcomeReader taker) {
    var sequence = record.metaData().streamSequence();
    next = sequence + 1;
    if (sequence >= end) {
      return false;
    }
    var batch = Subjects.batch(record.getSubject());
    return batch == null
        || batch.index() < 0
        || taker.read(batch.index(), OutcomeRecord.outcome(record));
  }

  @Nullable Outcome read(int index) {
    var record = nats.directGet(Subjects.OUT, Subjects.out(job, index));
    return record == null || DirectGet.sequence(record) > end()
        ? null
        : OutcomeRecord.outcome(record);
  }

  /** The sequence of the job's end. */
  private long end() {
    var record = nats.directGet(Subjects.OUT, Subjects.end(job));
    return record == null ? Long.MAX_VALUE : DirectGet.sequence(record);
  }
}
