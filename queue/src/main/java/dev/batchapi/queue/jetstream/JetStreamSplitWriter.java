package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.Splits;
import io.nats.client.JetStreamApiException;

/** A splitter's side on JetStream. */
public final class JetStreamSplitWriter implements Splits.Writer {
  private final NatsConnection nats;
  private final String job;
  private final int attempt;

  private JetStreamSplitWriter(NatsConnection nats, String job, int attempt) {
    this.nats = nats;
    this.job = job;
    this.attempt = attempt;
  }

  /**
   * Connects.
   *
   * @param attempt which of the job's splitters it is, from 0
   * @throws dev.batchapi.queue.QueueUnavailableException if there is no server within {@code
   *     settings.patience()}
   * @throws dev.batchapi.queue.QueueAccessException if the server refuses the credentials
   */
  public static JetStreamSplitWriter connect(
      NatsAccess access, String job, int attempt, JetStreamSettings settings) {
    var inbox = Subjects.splitterInboxPrefix(Subjects.checkJob(job));
    return new JetStreamSplitWriter(
        NatsConnection.open(access, settings.patience(), inbox), job, attempt);
  }

  @Override
  public void write(String name, byte[] record) {
    nats.renewIfDue();
    write(nats, Subjects.split(job, attempt, name), record);
  }

  static void write(NatsConnection nats, String subject, byte[] record) {
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
  public void progress(byte[] body) {
    ProgressRecord.say(nats, Subjects.splitProgress(job), attempt, body);
  }

  @Override
  public void close() {
    nats.close();
  }
}
