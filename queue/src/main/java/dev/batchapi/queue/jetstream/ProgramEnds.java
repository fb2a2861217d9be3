package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.ChangeListeners;
import io.nats.client.Dispatcher;

/**
 * Tells that a splitter or a collector has written its last record, by the message on its way into
 * the stream: it may be told before the record can be read. What gets lost is found by who looks
 * from time to time.
 */
final class ProgramEnds {
  /** A job's credentials are enough to flood it. */
  private static final int PENDING = 64;

  private static final int PENDING_BYTES = 1 << 20;

  private ProgramEnds() {}

  static void tell(NatsConnection nats, ChangeListeners changes) {
    Dispatcher dispatcher =
        nats.connection()
            .createDispatcher(
                message -> {
                  var job = Subjects.job(message.getSubject());
                  if (job != null) {
                    changes.changed(job);
                  }
                });
    dispatcher.setPendingLimits(PENDING, PENDING_BYTES);
    dispatcher.subscribe(Subjects.EVERY_SPLIT_END).subscribe(Subjects.EVERY_COLLECTED);
  }
}
