package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.ChangeListeners;
import java.util.List;

/**
 * Tells that a splitter or a collector has written its last record. It comes from the stream, which
 * takes each once, and without its body: who has a job's credentials can't flood this. After the
 * stream was lost they come late; those who wait look from time to time all the same.
 */
final class ProgramEnds {
  private static final List<String> ENDS = List.of("split.*.*.end", "split.*.collect.*");

  private ProgramEnds() {}

  static StreamFollower follow(NatsConnection nats, Streams streams, ChangeListeners changes) {
    var last = streams.ensure(Subjects.SPLIT).getStreamState().getLastSequence();
    return new StreamFollower(
        nats,
        Subjects.SPLIT,
        ENDS,
        last,
        (record, epoch) -> {
          var job = Subjects.job(record.getSubject());
          if (job != null) {
            changes.changed(job);
          }
        });
  }
}
