package dev.batchapi.operator.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** What is counted of one BatchAPI. Not thread-safe, but for the reading of its gauges. */
final class ApiSeries {
  /** Whose series these are. */
  record Pair(String namespace, String api) {}

  /** In these a job's remaining batches are still to be done. */
  private static final Set<String> LIVE =
      Set.of("Pending", "Enqueuing", "Running", "Suspended", "Completing");

  private static final Duration[] BUCKETS = {
    Duration.ofSeconds(1),
    Duration.ofSeconds(3),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
    Duration.ofMinutes(1),
    Duration.ofMinutes(5),
    Duration.ofMinutes(15),
    Duration.ofHours(1),
    Duration.ofHours(4),
    Duration.ofHours(12),
    Duration.ofDays(2)
  };

  private final MeterRegistry registry;
  private final Tags tags;
  private final Counter succeeded;
  private final Counter failed;
  private final Counter itemsSucceeded;
  private final Counter itemsFailed;
  private final Counter failedAttempts;
  private final Counter workersLost;
  private final AtomicInteger ready;
  private final AtomicInteger pending;
  private final AtomicInteger queued;
  private final Map<String, AtomicInteger> phases = new HashMap<>();
  private final Map<String, AtomicInteger> waits = new HashMap<>();
  private final Timer durations;

  ApiSeries(MeterRegistry registry, Pair pair) {
    this.registry = registry;
    tags = Tags.of("namespace", pair.namespace(), "api", pair.api());
    succeeded = batches("succeeded");
    failed = batches("failed");
    itemsSucceeded = items("succeeded");
    itemsFailed = items("failed");
    failedAttempts = counter("batchapi_batch_attempts_failed", "Attempts that failed", tags);
    workersLost = counter("batchapi_workers_lost", "Workers that were lost", tags);
    ready = workers("ready");
    pending = workers("pending");
    queued = gauge("batchapi_queue_depth", "Batches that have no outcome yet", tags);
    durations =
        Timer.builder("batchapi_job_duration")
            .description("From a job's acceptance to its end")
            .tags(tags)
            .serviceLevelObjectives(BUCKETS)
            .register(registry);
  }

  private Counter batches(String outcome) {
    return counter(
        "batchapi_batches", "Batches that have their outcome", tags.and("outcome", outcome));
  }

  private Counter items(String outcome) {
    return counter(
        "batchapi_items", "Items of batches that have their outcome", tags.and("outcome", outcome));
  }

  private AtomicInteger workers(String state) {
    return gauge("batchapi_workers", "Workers", tags.and("state", state));
  }

  private Counter counter(String name, String description, Tags of) {
    return Counter.builder(name).description(description).tags(of).register(registry);
  }

  private AtomicInteger gauge(String name, String description, Tags of) {
    var value = new AtomicInteger();
    Gauge.builder(name, value::get)
        .description(description)
        .tags(of)
        .strongReference(true)
        .register(registry);
    return value;
  }

  /** A job is new here: its past was counted before, or is none. */
  void enter(Progress job) {
    addToGauges(job, 1);
  }

  /** A job has gone on. What has become less (its records were lost) is not counted again. */
  void moved(Progress from, Progress to) {
    addToGauges(from, -1);
    addToGauges(to, 1);
    grow(succeeded, from.succeeded(), to.succeeded());
    grow(failed, from.failed(), to.failed());
    grow(itemsSucceeded, from.itemsSucceeded(), to.itemsSucceeded());
    grow(itemsFailed, from.itemsFailed(), to.itemsFailed());
    grow(failedAttempts, from.failedAttempts(), to.failedAttempts());
    grow(workersLost, from.workersLost(), to.workersLost());
  }

  private static void grow(Counter counter, int from, int to) {
    if (to > from) {
      counter.increment(to - from);
    }
  }

  /** A job has ended. */
  void finished(String verdict, Duration duration) {
    counter("batchapi_jobs_finished", "Jobs that have ended", tags.and("verdict", verdict))
        .increment();
    durations.record(duration);
  }

  /** A job is gone. */
  void leave(Progress job) {
    addToGauges(job, -1);
  }

  private void addToGauges(Progress job, int sign) {
    ready.addAndGet(sign * job.workersReady());
    pending.addAndGet(sign * job.workersPending());
    if (LIVE.contains(job.phase())) {
      queued.addAndGet(sign * (job.total() - job.succeeded() - job.failed()));
    }
    if (!job.waiting().isEmpty()) {
      waits
          .computeIfAbsent(
              job.waiting(),
              name ->
                  gauge(
                      "batchapi_jobs_waiting",
                      "Jobs whose workers wait most of the time",
                      tags.and("reason", name)))
          .addAndGet(sign);
    }
    if (!job.phase().isEmpty()) {
      phases
          .computeIfAbsent(
              job.phase(), name -> gauge("batchapi_jobs", "Jobs", tags.and("phase", name)))
          .addAndGet(sign);
    }
  }
}
