package dev.batchapi.operator.job;

import dev.batchapi.crds.BatchJob;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Turns what the ledger tells of a job into reconciles of its BatchJob: the first change at once,
 * further ones a short while later all together.
 */
final class LedgerSignals {
  private static final Duration TOGETHER = Duration.ofMillis(50);

  private final SimpleInboundEventSource<BatchJob> events =
      new SimpleInboundEventSource<>("ledger");
  private final Map<String, ResourceID> known = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> next = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer;

  LedgerSignals(ScheduledExecutorService timer) {
    this.timer = timer;
  }

  SimpleInboundEventSource<BatchJob> eventSource() {
    return events;
  }

  /** From now on changes of this job are told. */
  void follow(String uid, ResourceID job) {
    known.put(uid, job);
  }

  void forget(String uid) {
    known.remove(uid);
    next.remove(uid);
  }

  /** Something of the job has changed. */
  void changed(String uid) {
    var job = known.get(uid);
    if (job == null) {
      return;
    }
    var now = System.nanoTime();
    var free = next.computeIfAbsent(uid, id -> new AtomicLong(now));
    var at = free.get();
    if (at - now > 0) {
      // One is on its way already, and will see this change too.
      return;
    }
    if (free.compareAndSet(at, now + TOGETHER.toNanos())) {
      if (now - at >= TOGETHER.toNanos()) {
        events.propagateEvent(job);
      }
      var _ =
          timer.schedule(
              () -> events.propagateEvent(job), TOGETHER.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** The connection to the ledger is new: everything may have changed. */
  void allChanged() {
    known.values().forEach(events::propagateEvent);
  }
}
