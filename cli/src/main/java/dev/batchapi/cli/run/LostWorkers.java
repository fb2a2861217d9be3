package dev.batchapi.cli.run;

import dev.batchapi.contract.LossPolicy;
import dev.batchapi.contract.LossPolicy.Loss;
import dev.batchapi.contract.LossPolicy.Outlook;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The workers' places, and what follows when one loses its worker: {@link LossPolicy}. */
final class LostWorkers {
  private final Map<Integer, Place> places = new HashMap<>();

  /**
   * One place.
   *
   * @param inARow losses so far
   * @param broken whether a handler could not be constructed there
   * @param progress the job's when its worker was made
   * @param ready whether a handler is constructed there now
   */
  private record Place(int inARow, boolean broken, int progress, boolean ready) {
    static final Place NEW = new Place(0, false, 0, false);

    Outlook outlook(int progressNow) {
      return ready || !LossPolicy.isSpent(inARow, broken, progressNow > 0)
          ? Outlook.FAIR
          : Outlook.SPENT;
    }
  }

  /**
   * A worker is made.
   *
   * @param progress outcomes and failed attempts of the job
   */
  synchronized void starting(int slot, int progress) {
    var before = places.getOrDefault(slot, Place.NEW);
    places.put(slot, new Place(before.inARow, before.broken, progress, false));
  }

  /** Its handler is constructed. */
  synchronized void ready(int slot) {
    places.computeIfPresent(
        slot, (_, place) -> new Place(place.inARow, place.broken, place.progress, true));
  }

  /** It has ended in order, and none comes after it. */
  synchronized void left(int slot) {
    places.remove(slot);
  }

  /**
   * It is lost.
   *
   * @return the pause before its replacement; empty when the job has no chance any more
   */
  synchronized Optional<Duration> lost(int slot, Loss loss, int progress) {
    var before = places.getOrDefault(slot, Place.NEW);
    var inARow = LossPolicy.inARow(before.inARow, loss, progress > before.progress);
    places.put(
        slot,
        new Place(inARow, before.broken || loss == Loss.CONSTRUCTION, before.progress, false));
    var outlooks = places.values().stream().map(place -> place.outlook(progress)).toList();
    return LossPolicy.isHopeless(outlooks)
        ? Optional.empty()
        : Optional.of(LossPolicy.pause(inARow));
  }
}
