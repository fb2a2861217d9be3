package dev.batchapi.contract;

import java.time.Duration;
import java.util.Collection;

/**
 * What follows when workers are lost: when a place gets its next worker, and when the job is given
 * up. Each place among the workers counts its own losses, so that a hundred that are lost together
 * weigh no more than one: it is rounds that fail a job, not heads.
 */
public final class LossPolicy {
  /** So many losses in a row in every place end the job. */
  public static final int ROUNDS = 10;

  /** So many, as long as the job has made no progress at all and handlers can't be constructed. */
  public static final int ROUNDS_OF_CONSTRUCTION = 3;

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

  private LossPolicy() {}

  /** How a worker was lost. */
  public enum Loss {
    /** Its handler could not be constructed. */
    CONSTRUCTION,
    /** It never came to run. */
    UNSTARTED,
    /** It ran, and was killed, crashed, or ended with its handler's process. */
    RUNNING
  }

  /** What may be hoped of a place. */
  public enum Outlook {
    /** A worker works there, is on its way for the first times, or will be. */
    FAIR,
    /** Nothing is known: its worker can't start, and says why. */
    NONE,
    /** It has lost its workers too often in a row. */
    SPENT
  }

  /**
   * A place's losses in a row, the newest one included.
   *
   * @param before those before it
   * @param progressed whether the job has got anything done since the lost worker was made: another
   *     worker's work says nothing for one that never got so far
   */
  public static int inARow(int before, Loss loss, boolean progressed) {
    return loss == Loss.RUNNING && progressed ? 0 : before + 1;
  }

  /**
   * Whether a place has had its chances.
   *
   * @param inARow its losses in a row
   * @param construction whether handlers could not be constructed there
   * @param progressed whether the job has got anything done at all
   */
  public static boolean isSpent(int inARow, boolean construction, boolean progressed) {
    return inARow >= (construction && !progressed ? ROUNDS_OF_CONSTRUCTION : ROUNDS);
  }

  /**
   * Whether workers were lost too often for the job to go on.
   *
   * @param places all in which a worker is wanted
   */
  public static boolean isHopeless(Collection<Outlook> places) {
    return places.contains(Outlook.SPENT) && !places.contains(Outlook.FAIR);
  }

  /** From the end of a worker to its replacement: nothing for the first, then 1, 2, 4 … 60 s. */
  public static Duration pause(int inARow) {
    if (inARow <= 1) {
      return Duration.ZERO;
    }
    var pause = Duration.ofSeconds(1L << Math.min(inARow - 2, 6));
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }
}
