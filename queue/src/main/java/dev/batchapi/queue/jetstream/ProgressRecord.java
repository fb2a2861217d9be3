package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.SaidProgress;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What programs say of how far they are: the last message of one subject for each job. */
final class ProgressRecord {
  private static final Logger LOG = LoggerFactory.getLogger(ProgressRecord.class);

  /** Which of the job's splitters, or collectors, says it: another one's is not taken for its. */
  private static final String ATTEMPT = "Program-Attempt";

  private ProgressRecord() {}

  /** Workers have no number here. */
  static final int NONE = 0;

  /** Without an answer: it must not hold up the work, and the next one comes soon. */
  static void say(NatsConnection nats, String subject, int attempt, byte[] body) {
    try {
      nats.connection()
          .publish(subject, new Headers().put(ATTEMPT, Integer.toString(attempt)), body);
    } catch (IllegalStateException e) { // closed, or too much waits for a connection
      LOG.debug("Not said on {}: {}", subject, e.getMessage());
    }
  }

  /**
   * The last of one of them; null if another one has spoken since, none has, or the queue does not
   * say it: nothing is to wait for what is only good to know.
   */
  static @Nullable SaidProgress read(NatsConnection nats, String subject, int attempt) {
    var record = nats.directGetIfAnswered(Subjects.PROGRESS, subject);
    return record == null || !isOf(record, attempt) ? null : said(record);
  }

  private static boolean isOf(Message record, int attempt) {
    var headers = record.getHeaders();
    return headers != null && Integer.toString(attempt).equals(headers.getLast(ATTEMPT));
  }

  private static @Nullable SaidProgress said(Message record) {
    try {
      return new SaidProgress(record.getData(), Instant.ofEpochSecond(0, DirectGet.time(record)));
    } catch (IOException e) {
      LOG.debug("Not read of {}: {}", DirectGet.subject(record), e.getMessage());
      return null;
    }
  }
}
