package dev.batchapi.runtime.worker;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Whether the handler's process may take a batch, and when it is replaced though it lives: a
 * process that is broken must not fail one batch after the other.
 * docs/protocol/handler-protocol.md, "A process that is broken", says why. Used by the worker's own
 * thread; times are those of {@link System#nanoTime}.
 */
final class ProcessHealth {
  /** So many failed attempts in a row are more likely the process's fault than the batches'. */
  static final int IN_A_ROW = 3;

  /** What {@link #IN_A_ROW} grows to while fresh processes fail as well: then it is the batches. */
  static final int MOST_IN_A_ROW = 96;

  /** So many fresh processes that fail at once say that another one would too. */
  static final int FRUITLESS = 3;

  /** Work between two replacements for a retry's sake, in times of what a construction takes. */
  static final int WORK_PER_CONSTRUCTION = 10;

  private static final Duration SHORTEST_WAIT = Duration.ofMillis(200);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  /** Where a batch is handled. */
  sealed interface Place {
    /** In this process. */
    record Here() implements Place {}

    /** In another worker's, if one takes it: it goes back to the queue for this time. */
    record Elsewhere(Duration delay) implements Place {}

    /** In a fresh process: it goes back to the queue, and this process is replaced. */
    record Fresh() implements Place {}
  }

  private static final Place HERE = new Place.Here();
  private static final Place FRESH = new Place.Fresh();

  /** Batches that failed in this process and are tried again; and how often each was put off. */
  private final Map<Integer, Integer> failedHere = new HashMap<>();

  private int inARow;
  private int patience = IN_A_ROW;
  private int fruitless;
  private int brokeAtOnce;
  private boolean suspected;
  private boolean onProbation;
  private boolean putOff;
  private long worthReplacing;
  private Optional<String> why = Optional.empty();

  /**
   * A process is ready.
   *
   * @param construction how long its handler's construction took
   */
  void started(Duration construction, long now) {
    failedHere.clear();
    inARow = 0;
    onProbation = suspected;
    suspected = false;
    putOff = false;
    worthReplacing = now + construction.multipliedBy(WORK_PER_CONSTRUCTION).toNanos();
    why = Optional.empty();
  }

  /**
   * Where a batch that was leased is handled.
   *
   * @param last whether it is failed for good if it fails once more
   */
  Place placeFor(int index, boolean last, long now) {
    var timesPutOff = failedHere.get(index);
    if (timesPutOff != null) {
      // Nobody else has taken it, and either nothing else is to be done or it has waited enough.
      if (putOff || (timesPutOff > 0 && now - worthReplacing >= 0)) {
        return fresh("a batch that failed in it is tried again");
      }
      failedHere.put(index, timesPutOff + 1);
      putOff = true;
      return new Place.Elsewhere(untilWorthIt(now));
    }
    putOff = false;
    if (last && inARow >= patience / IN_A_ROW) {
      suspected = true;
      return fresh("it failed the batch before, and this one has its last attempt");
    }
    return HERE;
  }

  private Duration untilWorthIt(long now) {
    var left = Duration.ofNanos(Math.max(0, worthReplacing - now));
    return left.compareTo(SHORTEST_WAIT) < 0
        ? SHORTEST_WAIT
        : left.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : left;
  }

  private Place fresh(String reason) {
    why = Optional.of(reason);
    return FRESH;
  }

  /** A batch succeeded here: whatever failed before, the process is sound. */
  void succeeded() {
    inARow = 0;
    patience = IN_A_ROW;
    fruitless = 0;
    brokeAtOnce = 0;
    onProbation = false;
  }

  /**
   * A batch failed here.
   *
   * @param again whether it will be tried again
   */
  void failed(int index, boolean again) {
    if (again) {
      failedHere.put(index, 0);
    }
    if (onProbation) {
      onProbation = false;
      fruitless++;
      if (fruitless >= FRUITLESS) {
        patience = Math.min(patience * 2, MOST_IN_A_ROW);
      }
    }
    inARow++;
    if (inARow >= patience) {
      suspected = true;
      why = Optional.of("it failed %d batches in a row".formatted(inARow));
    }
  }

  /** A batch failed here, and with it the process, as the handler or its host says. */
  void broke(String message) {
    brokeAtOnce = inARow == 0 && onProbation ? brokeAtOnce + 1 : 0;
    suspected = true;
    why = Optional.of("it is broken: " + message);
  }

  /** Why the process must be replaced before it takes another batch; empty if it needn't. */
  Optional<String> why() {
    return why;
  }

  /** Whether it is replaced since something is wrong with it, and not for a retry's sake. */
  boolean isSuspected() {
    return suspected;
  }

  /** Whether fresh processes break here again and again, so that another place must be found. */
  boolean isHopelessHere() {
    return brokeAtOnce >= FRUITLESS;
  }
}
