package dev.batchapi.operator.job.program;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far a program is.
 *
 * @param message for people, without a dot at its end
 * @param percent of its work, 0 to 99; null: nobody knows how much there is
 * @param at when it was said; null: it is seen now
 */
public record ProgramProgress(String message, @Nullable Integer percent, @Nullable Instant at) {
  /** What works says something every second or two, unless it waits for a store. */
  private static final Duration QUIET = Duration.ofMinutes(2);

  private static final long KIB = 1024;

  /** By how much of it is done; never all, for then it says that it is done. */
  public static int percent(long done, long all) {
    return all <= 0 ? 0 : (int) Math.clamp(100.0 * done / all, 0, 99);
  }

  /** What is to be said of one that has said nothing for some time. */
  Optional<String> quiet(Instant now) {
    return Optional.ofNullable(at)
        .map(said -> Duration.between(said, now))
        .filter(since -> since.compareTo(QUIET) >= 0)
        .map(
            since ->
                "nothing new was heard of it for %d minutes: see its log"
                    .formatted(since.toMinutes()));
  }

  /** Bytes for people, as in {@code 1.2 GiB}. */
  public static String size(long bytes) {
    if (bytes < KIB) {
      return bytes + " bytes";
    }
    var units = new String[] {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    var unit = 0;
    double value = bytes / (double) KIB;
    while (value >= KIB && unit < units.length - 1) {
      value /= KIB;
      unit++;
    }
    return "%.1f %s".formatted(value, units[unit]);
  }
}
