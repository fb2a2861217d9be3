package dev.batchapi.queue.memory;

import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A time for each of some batches, the earliest found at once. Not thread-safe. */
final class Deadlines {
  private record Due(long at, int index) {}

  private final Map<Integer, Long> times = new HashMap<>();
  // Holds replaced and removed times too; they are dropped when they come to the front.
  private final PriorityQueue<Due> queue =
      new PriorityQueue<>((a, b) -> Long.signum(a.at - b.at)); // a clock of nanoseconds may wrap

  void set(int index, long at) {
    times.put(index, at);
    queue.add(new Due(at, index));
  }

  void remove(int index) {
    times.remove(index);
  }

  int size() {
    return times.size();
  }

  void clear() {
    times.clear();
    queue.clear();
  }

  boolean isAhead(int index, long now) {
    var at = times.get(index);
    return at != null && at - now > 0;
  }

  void removeDue(long now, IntConsumer due) {
    for (var first = first(); first != null && first.at - now <= 0; first = first()) {
      times.remove(first.index);
      due.accept(first.index);
    }
  }

  long nanosToNext(long now) {
    var first = first();
    return first == null ? Long.MAX_VALUE : first.at - now;
  }

  /** How long until the latest of them; 0 if there is none ahead. */
  long nanosToLast(long now) {
    return times.values().stream().mapToLong(at -> at - now).reduce(0, Math::max);
  }

  private @Nullable Due first() {
    var first = queue.peek();
    while (first != null && !Long.valueOf(first.at).equals(times.get(first.index))) {
      queue.remove();
      first = queue.peek();
    }
    return first;
  }
}
