package dev.batchapi.queue;

import dev.batchapi.queue.Reservation.Made;
import dev.batchapi.queue.Reservation.NotYet;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The arithmetic of a rate limit: the generic cell rate algorithm, known from networks. All that is
 * to be remembered of a job is one point in time, the end: when the permits that are given out will
 * be used up if they are used at exactly the rate. A permit is due a burst's time before its own
 * end, so that within any time {@code t} no more than {@code perSecond * t + burst} are due.
 *
 * <p>It needs no list of workers. Whoever asks gets the next permits in line, for now or for later.
 */
public final class Gcra {
  /** How far ahead permits are given out. */
  private static final Duration AHEAD = Duration.ofSeconds(10);

  private static final long AHEAD_NANOS = AHEAD.toNanos();

  private Gcra() {}

  /**
   * Reserves permits.
   *
   * @param end that of the permits given out so far, on any clock of nanoseconds
   * @param now on the same clock
   * @return with times on the same clock; to be written down as the new end before it is used
   */
  public static Reservation reserve(Rate rate, long end, long now, int permits) {
    var burst = rate.burst();
    var ahead = plausible(rate, end, now) - now;
    if (ahead - burst > AHEAD_NANOS) {
      // About when half of it is over; not all at the same time.
      var over = Math.min(ahead - burst - AHEAD_NANOS / 2, AHEAD_NANOS);
      var nanos = ThreadLocalRandom.current().nextLong(over / 5 * 4, over / 5 * 6);
      return new NotYet(Duration.ofNanos(nanos));
    }
    var from = now + Math.max(0, ahead);
    return new Made(
        permits, from + rate.interval() - burst, rate.interval(), from + permits * rate.interval());
  }

  /**
   * No worker gives out permits further ahead than this: garbage, or a clock that was set back.
   * Then a burst is taken for used up, so that no more calls follow than may.
   */
  private static long plausible(Rate rate, long end, long now) {
    var burst = rate.burst();
    var furthest = burst + AHEAD_NANOS + rate.most() * rate.interval() + AHEAD_NANOS;
    return end - now > furthest ? now + burst : end;
  }
}
