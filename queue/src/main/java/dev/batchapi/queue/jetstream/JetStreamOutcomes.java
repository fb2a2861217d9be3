package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.Ledger.OutcomeReader;
import dev.batchapi.queue.QueueAccessException;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.RecordedJob;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A collector's side on JetStream: it reads one job that has ended, and writes one record. Of
 * outcomes no more than {@value #WINDOW} are in memory, 8 MiB at the most.
 */
public final class JetStreamOutcomes implements RecordedJob, AutoCloseable {
  /** Questions that wait for their answers at a time. */
  static final int WINDOW = 32;

  /** After so many batches there is a moment without questions, for new credentials. */
  private static final int RENEWAL = 4096;

  private final NatsConnection nats;
  private final String job;
  private final int attempt;

  private JetStreamOutcomes(NatsConnection nats, String job, int attempt) {
    this.nats = nats;
    this.job = job;
    this.attempt = attempt;
  }

  /**
   * Connects.
   *
   * @param attempt which of the job's collectors it is, from 0
   * @throws QueueUnavailableException if there is no server within {@code settings.patience()}
   * @throws QueueAccessException if the server refuses the credentials
   */
  public static JetStreamOutcomes connect(
      NatsAccess access, String job, int attempt, JetStreamSettings settings) {
    var inbox = Subjects.collectorInboxPrefix(Subjects.checkJob(job));
    return new JetStreamOutcomes(
        NatsConnection.open(access, settings.patience(), inbox), job, attempt);
  }

  @Override
  public void read(int batches, OutcomeReader taker) {
    var record = nats.directGet(Subjects.OUT, Subjects.end(job));
    if (record == null) {
      throw new IllegalStateException("Job %s has no end in the queue.".formatted(job));
    }
    var end = DirectGet.sequence(record);
    for (var from = 0; from < batches; from += RENEWAL) {
      nats.renewIfDue();
      if (!read(from, Math.min(batches, from + RENEWAL), end, taker)) {
        return;
      }
    }
  }

  private boolean read(int from, int to, long end, OutcomeReader taker) {
    var asked = new ArrayDeque<CompletableFuture<Message>>();
    var next = from;
    for (var index = from; index < to; index++) {
      while (next < to && next < index + WINDOW) {
        asked.add(ask(Subjects.out(job, next++)));
      }
      var answer = answer(Subjects.out(job, index), asked.remove());
      if (answer != null
          && DirectGet.sequence(answer) < end
          && !taker.read(index, OutcomeRecord.outcome(answer))) {
        return false;
      }
    }
    return true;
  }

  private CompletableFuture<Message> ask(String subject) {
    try {
      return nats.connection()
          .requestWithTimeout(
              "$JS.API.DIRECT.GET." + Subjects.OUT + '.' + subject,
              new byte[0],
              NatsConnection.REQUEST_TIMEOUT);
    } catch (IllegalStateException e) { // closed, or not connected
      return CompletableFuture.failedFuture(e);
    }
  }

  /** What got no answer is asked again, one after the other and with patience. */
  private @Nullable Message answer(String subject, CompletableFuture<Message> asked) {
    try {
      return NatsConnection.found(subject, asked.get());
    } catch (ExecutionException | CancellationException | IOException e) {
      return nats.directGet(Subjects.OUT, subject);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw NatsConnection.interrupted("read " + subject, e);
    }
  }

  @Override
  public byte @Nullable [] split(int splitter, String name) {
    nats.renewIfDue();
    var record = nats.directGet(Subjects.SPLIT, Subjects.split(job, splitter, name));
    return record == null ? null : record.getData();
  }

  @Override
  public void progress(byte[] body) {
    ProgressRecord.say(nats, Subjects.collectProgress(job), attempt, body);
  }

  @Override
  public void end(byte[] record) {
    nats.renewIfDue();
    var subject = Subjects.collected(job, attempt);
    nats.request(
        "write " + subject,
        () -> {
          try {
            return nats.jetStream().publish(subject, record).getSeqno();
          } catch (JetStreamApiException e) {
            if (Refusal.of(e) == Refusal.TAKEN) { // by this call, whose answer was lost
              return 0L;
            }
            throw e;
          }
        });
  }

  @Override
  public void close() {
    nats.close();
  }
}
