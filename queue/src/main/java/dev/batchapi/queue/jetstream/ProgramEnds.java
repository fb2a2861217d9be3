package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.ChangeListeners;
import java.util.List;

/**
 * Tells that a splitter or a collector has written its last record. It comes from the stream, which
 * takes each once and not many of a job, and without its body: who has a job's credentials can't
 * flood this. Those who wait for it look from time to time all the same.
 */
final class ProgramEnds {
  private static final List<String> ENDS = List.of("split.*.*.end", "split.*.collect.*");

  private ProgramEnds() {}

  /**
   * Begins to follow.
   *
   * @param from the stream's last sequence; what is before is known
   */
  static StreamFollower follow(NatsConnection nats, long from, ChangeListeners changes) {
    return new StreamFollower(
        nats,
        Subjects.SPLIT,
        ENDS,
        from,
        (record, epoch) -> {
          var job = Subjects.job(record.getSubject());
          if (job != null) {
            changes.changed(job);
          }
        });
  }
}
