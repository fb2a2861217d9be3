package dev.batchapi.queue;

import java.time.Duration;

/** What a worker got that asked for permits of its job's rate. */
public sealed interface Reservation {

  /**
   * Permits of its own, each to be used when it is due or later. They are used up whether it does
   * so or not.
   *
   * @param permits how many
   * @param first when the first is due, by the clock of {@link System#nanoTime}; often past
   * @param interval nanoseconds between one and the next
   * @param end what the job's workers know of all permits up to the last of these
   */
  record Made(int permits, long first, long interval, long end) implements Reservation {

    /**
     * When the permit with this number, from 0, is due, by the clock of {@link System#nanoTime}.
     */
    public long due(int number) {
      return first + number * interval;
    }
  }

  /**
   * None: so many are reserved already that nothing more is given out now, for whoever reserves and
   * goes away takes its permits along.
   *
   * @param delay after which to ask again
   */
  record NotYet(Duration delay) implements Reservation {}
}
