package dev.batchapi.queue.jetstream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.batchapi.queue.AttemptLog;
import dev.batchapi.queue.Attempts;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Outcome;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.PublishOptions;
import java.time.Duration;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A batch in this worker's hands. */
final class JetStreamLease implements Lease {
  private static final Logger LOG = LoggerFactory.getLogger(JetStreamLease.class);
  private static final byte[] IN_PROGRESS = "+WPI".getBytes(US_ASCII);

  private final NatsConnection nats;
  private final String job;
  private final int index;
  private final Message message;
  private final int delivery;
  private final long enqueued;
  private final long leaseNanos;
  // Sure to last until then; guarded by this.
  private long sureUntil;
  private boolean expired;

  private AttemptLog log = AttemptLog.EMPTY;
  private long logRevision;
  private boolean logIsKnown;

  /**
   * @param since before this time of the system's clock in ns the message had not come
   */
  JetStreamLease(
      NatsConnection nats, String job, JetStreamSettings settings, Message message, long since) {
    this.nats = nats;
    this.job = job;
    this.message = message;
    var batch = Subjects.batch(message.getSubject());
    index = batch == null ? COMPLETION : batch.index();
    var data = message.metaData();
    delivery = Math.toIntExact(data.deliveredCount());
    var time = data.timestamp().toInstant();
    enqueued = time.getEpochSecond() * 1_000_000_000 + time.getNano();
    // A tenth less than the server grants: the message has been on its way.
    leaseNanos = settings.lease().toNanos() / 10 * 9;
    sureUntil = since + leaseNanos;
    logIsKnown = delivery == 1; // nothing was recorded before the first delivery
  }

  @Override
  public int index() {
    return index;
  }

  @Override
  public int waiting() {
    return (int) Math.min(message.metaData().pendingCount(), Integer.MAX_VALUE);
  }

  @Override
  public byte[] payload() {
    return message.getData();
  }

  @Override
  public Attempts attempts() {
    return record(known -> known.seenAt(enqueued, delivery));
  }

  @Override
  public Attempts recordFailure(BatchError error) {
    return record(known -> known.failedAt(enqueued, delivery, error));
  }

  @Override
  public void recordRelease() {
    record(known -> known.releasedAt(enqueued, delivery));
  }

  @Override
  public void recordWait(long seconds) {
    record(known -> known.postponedAt(enqueued, delivery, seconds));
  }

  /** Changes the record of the attempts by compare-and-set; what changes nothing is not written. */
  private Attempts record(UnaryOperator<AttemptLog> change) {
    return nats.request(
        "record the attempts of batch " + index,
        () -> {
          while (true) {
            if (!logIsKnown) {
              readLog();
            }
            var changed = change.apply(log);
            if (changed.equals(log) || writeLog(changed)) {
              return changed.attempts();
            }
          }
        });
  }

  private void readLog() {
    var record = nats.directGet(Subjects.TRY, Subjects.attempts(job, index));
    log = record == null ? AttemptLog.EMPTY : AttemptRecord.log(record.getData());
    logRevision = record == null ? 0 : DirectGet.sequence(record);
    logIsKnown = true;
  }

  /** False if someone else, or an earlier try whose answer was lost, has written in between. */
  private boolean writeLog(AttemptLog changed) throws java.io.IOException, JetStreamApiException {
    logIsKnown = false;
    try {
      var ack =
          nats.jetStream()
              .publish(
                  Subjects.attempts(job, index),
                  AttemptRecord.headers(changed),
                  AttemptRecord.body(changed),
                  PublishOptions.builder()
                      .expectedLastSubjectSequence(logRevision)
                      .streamTimeout(NatsConnection.REQUEST_TIMEOUT)
                      .build());
      logRevision = ack.getSeqno();
      log = changed;
      logIsKnown = true;
      return true;
    } catch (JetStreamApiException e) {
      if (Refusal.of(e) == Refusal.TAKEN) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public synchronized void renew() { // synchronized: nothing follows the end of the lease
    var asked = System.nanoTime();
    if (mayHaveExpired()) {
      return;
    }
    try {
      var _ =
          nats.connection()
              .requestWithTimeout(message.getReplyTo(), IN_PROGRESS, NatsConnection.REQUEST_TIMEOUT)
              .thenAccept(answer -> renewed(asked));
    } catch (IllegalStateException e) {
      LOG.debug("Batch {} was not renewed: {}", index, e.getMessage());
    }
  }

  private synchronized void renewed(long asked) {
    if (!mayHaveExpired()) { // else the answer came too late to be sure of anything
      sureUntil = asked + leaseNanos;
    }
  }

  @Override
  public synchronized boolean mayHaveExpired() {
    expired |= System.nanoTime() - sureUntil >= 0;
    return expired;
  }

  @Override
  public void giveBack(Duration delay) {
    if (mayHaveExpired()) {
      return;
    }
    settled();
    try {
      message.nakWithDelay(delay);
    } catch (IllegalStateException e) {
      nats.requireOpen(); // otherwise it comes back by itself when the lease runs out
    }
  }

  /** From here it is not renewed: to the server that would be a new lease, in place of a delay. */
  private synchronized void settled() {
    expired = true;
  }

  @Override
  public boolean commit(Outcome outcome) {
    var stands = publish(outcome);
    settled();
    try {
      // Not waited for: if it gets lost, the batch comes once more and finds its outcome.
      message.ack();
    } catch (IllegalStateException e) {
      LOG.debug("Batch {} has its outcome but is not acknowledged: {}", index, e.getMessage());
    }
    return stands;
  }

  /**
   * Publishes the outcome as the first one. When an answer was lost it is repeated with its id
   * alone: then the server tells a repetition (it stands) from somebody else's (it doesn't).
   */
  private boolean publish(Outcome outcome) {
    var id = UUID.randomUUID().toString();
    var headers = OutcomeRecord.headers(outcome);
    var first = new boolean[] {true};
    return nats.request(
        "commit batch " + index,
        () -> {
          var options =
              PublishOptions.builder().messageId(id).streamTimeout(NatsConnection.REQUEST_TIMEOUT);
          if (first[0]) {
            options.expectedLastSubjectSequence(0);
          }
          first[0] = false;
          try {
            nats.jetStream()
                .publish(Subjects.out(job, index), headers, outcome.body(), options.build());
            return true;
          } catch (JetStreamApiException e) {
            if (Refusal.of(e) == Refusal.TAKEN) {
              return false;
            }
            throw e;
          }
        });
  }

  @Override
  public String toString() {
    return "batch %d of job %s, delivery %d".formatted(index, job, delivery);
  }
}
