package dev.batchapi.queue.memory;

import dev.batchapi.queue.AttemptLog;
import dev.batchapi.queue.Attempts;
import dev.batchapi.queue.BatchError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known of the batches that were tried and have no outcome yet. Their errors are in the
 * spool: ten thousand batches that wait for another attempt must not fill the heap with stacks. Not
 * thread-safe.
 */
final class AttemptLogs {
  private final Spool spool;
  private final Map<Integer, Kept> logs = new HashMap<>();

  private record Kept(AttemptLog withoutErrors, List<Spool.Span> errors) {}

  AttemptLogs(Spool spool) {
    this.spool = spool;
  }

  AttemptLog get(int index) {
    var kept = logs.get(index);
    if (kept == null) {
      return AttemptLog.EMPTY;
    }
    var errors = kept.errors.stream().map(span -> BatchError.fromJson(spool.read(span))).toList();
    return with(kept.withoutErrors, errors);
  }

  void put(int index, AttemptLog log) {
    var before = logs.get(index);
    var earlier = before == null ? 0 : before.withoutErrors.attempts().failures();
    var spans = new ArrayList<>(before == null ? List.<Spool.Span>of() : before.errors);
    var errors = log.attempts().errors();
    var added = Math.min(log.attempts().failures() - earlier, errors.size());
    for (var error : errors.subList(errors.size() - added, errors.size())) {
      spans.add(spool.add(error.toJson()));
    }
    var kept = List.copyOf(spans.subList(spans.size() - errors.size(), spans.size()));
    logs.put(index, new Kept(with(log, List.of()), kept));
  }

  void remove(int index) {
    logs.remove(index);
  }

  void clear() {
    logs.clear();
  }

  private static AttemptLog with(AttemptLog log, List<BatchError> errors) {
    var attempts = log.attempts();
    return new AttemptLog(
        new Attempts(
            attempts.failures(), attempts.losses(), attempts.releases(), attempts.waited(), errors),
        log.enqueued(),
        log.delivery());
  }
}
