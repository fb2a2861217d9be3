package dev.batchapi.queue.jetstream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.batchapi.queue.Gcra;
import dev.batchapi.queue.Rate;
import dev.batchapi.queue.Reservation;
import io.nats.client.JetStreamApiException;
import io.nats.client.PublishOptions;
import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The permits of a job's rate limit, as one of its workers reserves them. What all of them know is
 * the last message of one subject, advanced by compare-and-set; the time is the server's. Thread
 * safe.
 */
final class JetStreamRate {
  private static final Logger LOG = LoggerFactory.getLogger(JetStreamRate.class);

  /** How long to let another worker go ahead, at most; doubles from one millisecond. */
  private static final int LONGEST_PAUSE_MILLIS = 64;

  private static final long NONE = Long.MIN_VALUE;

  private final NatsConnection nats;
  private final String subject;
  private final ServerClock clock = new ServerClock();

  // Guarded by this. The end of all permits as it was last known, on the server's clock.
  private long end = NONE;
  private long revision;
  private boolean known;

  JetStreamRate(NatsConnection nats, String job) {
    this.nats = nats;
    subject = Subjects.rate(job);
  }

  synchronized Reservation reserve(Rate rate, int permits) {
    return nats.request("reserve permits", () -> reserveNow(rate, permits));
  }

  private Reservation reserveNow(Rate rate, int permits)
      throws IOException, InterruptedException, TimeoutException, JetStreamApiException {
    for (var pause = 1; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS)) {
      if (!known) {
        read(false);
      }
      var nanos = System.nanoTime();
      if (!clock.isKnown(nanos)) {
        // A message of its own says what time it is there.
        if (write(end == NONE ? 0 : end)) {
          read(true);
        }
        continue;
      }
      var now = clock.now(nanos);
      switch (Gcra.reserve(rate, end == NONE ? now : end, now, permits)) {
        case Reservation.NotYet notYet -> {
          known = false; // others go on
          return notYet;
        }
        case Reservation.Made made -> {
          if (write(made.end())) {
            return new Reservation.Made(
                made.permits(), nanos + made.first() - now, made.interval(), made.end());
          }
        }
      }
      Thread.sleep(ThreadLocalRandom.current().nextInt(pause + 1));
    }
  }

  /** Best effort, and asked once: what is not given back stays used up. */
  synchronized void giveBack(Reservation.Made reserved, int permits) {
    if (known && end == reserved.end()) {
      try {
        var _ = write(reserved.end() - permits * reserved.interval());
      } catch (IOException | JetStreamApiException | IllegalStateException e) {
        LOG.debug("{} permits are not given back: {}", permits, e.getMessage());
      }
    }
  }

  /**
   * Reads what all know. Garbage counts as nothing known, and a record that is gone as what this
   * worker knew: a server that lost its disk must not let a burst through each time.
   *
   * @param isNew whether a message was written just now
   */
  private void read(boolean isNew) throws IOException, InterruptedException, TimeoutException {
    var record = nats.directGetOnce(Subjects.RATE, subject);
    known = true;
    if (record == null) {
      revision = 0;
      return;
    }
    revision = DirectGet.sequence(record);
    var at = DirectGet.time(record);
    var nanos = System.nanoTime();
    if (isNew) {
      clock.sawNew(at, nanos);
    } else {
      clock.saw(at, nanos);
    }
    end = end(record.getData(), end);
  }

  private static long end(byte[] body, long orElse) {
    try {
      return Math.max(0, Long.parseLong(new String(body, US_ASCII)));
    } catch (NumberFormatException e) {
      return orElse;
    }
  }

  /** False if somebody else has written in between. */
  private boolean write(long newEnd) throws IOException, JetStreamApiException {
    known = false;
    try {
      var ack =
          nats.jetStream()
              .publish(
                  subject,
                  Long.toString(newEnd).getBytes(US_ASCII),
                  PublishOptions.builder()
                      .expectedLastSubjectSequence(revision)
                      .streamTimeout(NatsConnection.REQUEST_TIMEOUT)
                      .build());
      revision = ack.getSeqno();
      end = newEnd;
      known = true;
      return true;
    } catch (JetStreamApiException e) {
      if (Refusal.of(e) == Refusal.TAKEN) {
        return false;
      }
      throw e;
    }
  }
}
