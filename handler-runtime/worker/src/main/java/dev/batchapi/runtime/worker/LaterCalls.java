package dev.batchapi.runtime.worker;

import dev.batchapi.queue.Attempts;
import java.time.Duration;
import java.util.Optional;

/**
 * Hands a batch over again when its handler asks for it to be handed over later. A short wait is
 * waited for in place: it costs the queue nothing, and the next batch would be told the same. A
 * long one goes by the queue, and this worker rests before it takes another batch, for each batch
 * given back is a record that says nothing new. Used by the worker's own thread.
 */
final class LaterCalls {
  /** What is longer goes by the queue. */
  static final Duration IN_PLACE = Duration.ofMinutes(1);

  private static final Duration LONGEST_REST = Duration.ofMinutes(20);

  private final HeldWait wait;
  private final Waits waits;
  private Duration rest = IN_PLACE;

  LaterCalls(HeldWait wait, Waits waits) {
    this.wait = wait;
    this.waits = waits;
  }

  /** What came of a batch at last. */
  sealed interface Came {
    record Answered(Answer answer) implements Came {}

    /** It is in nobody's hands, or nothing of it counts any more; an exit if the worker ends. */
    record Left(Optional<WorkerExit> exit) implements Came {}
  }

  /** The answer to the whole batch that is none to wait for. */
  Came call(HandOver batch, Attempts attempts, Settlement settlement) {
    var attempt = attempts.next();
    var asked = new AskedWait(Duration.ofSeconds(attempts.waited()));
    var here = Duration.ZERO;
    var answer = batch.whole(attempt);
    while (answer instanceof Answer.Later(var wanted, var why)) {
      var delay = AskedWait.atLeast(wanted);
      waits.asked(1, delay);
      here = here.plus(delay);
      if (!asked.add(delay)) {
        return new Came.Answered(new Answer.Failed(AskedWait.tooLong(why)));
      }
      settlement.postponed(attempt, delay, why);
      if (delay.compareTo(IN_PLACE) > 0) {
        settlement.postpone(delay, here);
        var _ = wait.asked(delay.compareTo(rest) < 0 ? delay : rest, why.message());
        rest =
            rest.multipliedBy(2).compareTo(LONGEST_REST) < 0 ? rest.multipliedBy(2) : LONGEST_REST;
        return new Came.Left(Optional.empty());
      }
      batch.keepFor(delay);
      waits.holds(delay);
      var end = wait.asked(delay, why.message());
      waits.goesOn();
      switch (end) {
        case PASSED -> {}
        case STOPPED -> {
          return new Came.Left(Optional.of(Consequences.released(settlement)));
        }
        case JOB_OVER -> {
          return new Came.Left(Optional.empty());
        }
      }
      if (settlement.mayBeLost()) {
        return new Came.Left(Optional.empty());
      }
      answer = batch.whole(attempt);
    }
    rest = IN_PLACE;
    return new Came.Answered(answer);
  }
}
