package dev.batchapi.operator.job.program;

import dev.batchapi.operator.pod.ProgramPlan;
import java.util.Map;
import java.util.Optional;

/**
 * What a program has written about its work into the queue. Whoever has its credentials can write
 * there: a record is believed if it makes sense.
 *
 * @param <E> what it says at its end
 */
public interface ProgramRecords<E> {

  /**
   * How it went, if it was told the same and all that the record names is there: nothing is done
   * again then.
   */
  Optional<E> done(ProgramPlan plan, int attempt);

  /** Why it can't be done, if the record says that. */
  Optional<E> refused(ProgramPlan plan, int attempt);

  /** How far one that runs says it is; empty: it has said nothing yet, or what makes no sense. */
  Optional<ProgramProgress> progress(ProgramPlan plan, int attempt);

  /** What one does that has said nothing yet, for people. */
  String working(ProgramPlan plan);

  /** Makes room before the next one begins. */
  void clear(ProgramPlan plan);

  /** By what its Job is told from others of the program, whose templates no cache keeps. */
  default Map<String, String> annotations(ProgramPlan plan) {
    return Map.of();
  }
}
