package dev.batchapi.queue.memory;

import dev.batchapi.queue.Gcra;
import dev.batchapi.queue.Rate;
import dev.batchapi.queue.Reservation;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The permits of one job. */
final class MemoryRate {
  private final LongSupplier nanos;
  private @Nullable Long end; // guarded by this

  MemoryRate(LongSupplier nanos) {
    this.nanos = nanos;
  }

  synchronized Reservation reserve(Rate rate, int permits) {
    var now = nanos.getAsLong();
    var reservation = Gcra.reserve(rate, end == null ? now : end, now, permits);
    if (reservation instanceof Reservation.Made made) {
      end = made.end();
    }
    return reservation;
  }

  synchronized void giveBack(Reservation.Made reserved, int permits) {
    if (end != null && end == reserved.end()) {
      end = reserved.end() - permits * reserved.interval();
    }
  }

  synchronized void forget() {
    end = null;
  }
}
