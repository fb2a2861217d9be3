package dev.batchapi.operator.job;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.operator.OperatorSettings;
import dev.batchapi.operator.kube.Events;
import dev.batchapi.operator.metrics.OperatorMetrics;
import dev.batchapi.operator.pod.PythonHost;
import dev.batchapi.operator.queue.JobQueue;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.NextStep;
import dev.batchapi.queue.QueueUnavailableException;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Brings a BatchJob to its end: accept and freeze, enqueue, keep workers at work, let the ledger
 * decide, record the end, say so, clean up. Each pass observes, decides, acts and writes the status
 * once; it can be killed between any two calls, and the next pass goes on.
 */
@ControllerConfiguration(name = "batchjob")
public final class BatchJobReconciler implements Reconciler<BatchJob> {
  private static final Duration LOOK_AGAIN = Enqueuing.REPEAT;
  private static final Duration QUEUE_RETRY = Duration.ofSeconds(2);
  private static final Duration CHECKED_SOON = Duration.ofMillis(500);

  private final Acceptance acceptance;
  private final Credentials credentials;
  private final JobQueue queue;
  private final Events events;
  private final OperatorMetrics metrics;
  private final Clock clock;
  private final Enqueuing enqueuing;
  private final LedgerSignals signals;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("batchjob-timer").factory());
  private final Map<String, JobMemory> memories = new ConcurrentHashMap<>();

  public BatchJobReconciler(
      OperatorSettings settings,
      Optional<PythonHost> pythonHost,
      JobQueue queue,
      Events events,
      OperatorMetrics metrics,
      Clock clock) {
    this.queue = queue;
    this.events = events;
    this.metrics = metrics;
    this.clock = clock;
    credentials = new Credentials(queue::workerCredentials, clock);
    acceptance = new Acceptance(settings, pythonHost, credentials);
    signals = new LedgerSignals(timer);
    enqueuing =
        new Enqueuing(
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("enqueue-", 0).factory()),
            System::nanoTime,
            signals::changed);
    queue.onChange(signals::changed);
    queue.onConnected(signals::allChanged);
  }

  @Override
  public List<EventSource<?, BatchJob>> prepareEventSources(EventSourceContext<BatchJob> context) {
    var _ =
        timer.scheduleWithFixedDelay(
            () -> forgetGone(context.getPrimaryCache()), 1, 1, TimeUnit.MINUTES);
    return JobSources.of(context, signals.eventSource());
  }

  @Override
  public UpdateControl<BatchJob> reconcile(BatchJob job, Context<BatchJob> context)
      throws InterruptedException {
    var uid = job.getMetadata().getUid();
    var memory = memories.computeIfAbsent(uid, id -> new JobMemory());
    signals.follow(uid, ResourceID.fromResource(job));
    if (Statuses.isFinished(job.getStatus())) {
      return new Aftermath(context, queue, clock.instant())
          .of(job, memory, workers(job, memory, context));
    }
    if (memory.frozen == null) {
      var notYet = accept(job, memory, context);
      if (notYet.isPresent()) {
        return notYet.get();
      }
    }
    return advance(job, memory, context);
  }

  /** Empty once the job is accepted. */
  private Optional<UpdateControl<BatchJob>> accept(
      BatchJob job, JobMemory memory, Context<BatchJob> context) {
    if (job.getStatus() != null && job.getStatus().acceptedTime() != null) {
      memory.frozen = Acceptance.before(job, context.getClient()).orElse(null);
    }
    if (memory.frozen != null) {
      return Optional.empty();
    }
    var now = clock.instant();
    if (Boolean.TRUE.equals(job.getSpec().cancel())) {
      var status = JobStatus.rejected(job, "Cancelled", "Cancelled before it was accepted.", now);
      return Optional.of(write(job, status, memory, context, Optional.empty()));
    }
    var api = context.getSecondaryResource(BatchApi.class).orElse(null);
    return switch (acceptance.accept(job, api, context.getClient(), now)) {
      case Acceptance.Accepted(var frozen) -> {
        memory.frozen = frozen;
        yield Optional.empty();
      }
      case Acceptance.Soon _ ->
          Optional.of(UpdateControl.<BatchJob>noUpdate().rescheduleAfter(CHECKED_SOON));
      case Acceptance.Waiting(var reason, var message) ->
          Optional.of(
              write(
                  job,
                  JobStatus.waiting(job, reason, message, now),
                  memory,
                  context,
                  Optional.of(askAgain(job, now))));
      case Acceptance.Rejected(var reason, var message) ->
          Optional.of(
              write(
                  job,
                  JobStatus.rejected(job, reason, message, now),
                  memory,
                  context,
                  Optional.empty()));
    };
  }

  /** What is missing often comes with the next line of the same file. */
  private static Duration askAgain(BatchJob job, Instant now) {
    var age = Duration.between(Instant.parse(job.getMetadata().getCreationTimestamp()), now);
    return age.compareTo(Duration.ofSeconds(15)) < 0
        ? Duration.ofSeconds(1)
        : Duration.ofSeconds(5);
  }

  private UpdateControl<BatchJob> advance(BatchJob job, JobMemory memory, Context<BatchJob> context)
      throws InterruptedException {
    var seen = observe(job, memory, context);
    if (seen.counts().isPresent() && !isEnded(seen)) {
      seen = decide(seen, memory, context);
    }
    var lost = lostBefore(job);
    var again = LOOK_AGAIN;
    if (!isEnded(seen) && mayHaveWorkers(seen)) {
      var plan =
          Pool.plan(
              seen.workers(),
              seen.allowedWorkers(),
              seen.usefulWorkers(),
              seen.progress(),
              seen.now());
      if (!plan.create().isEmpty()) {
        credentials.ensure(seen.frozen(), context.getClient());
      }
      var done = new WorkerFleet(context.getClient()).act(plan, seen.frozen(), seen.progress());
      lost += done.lost();
      memory.refusal = done.refusal();
      if (done.refusal().isPresent()) {
        seen = withWorkers(seen, new Workers(seen.workers().all(), done.refusal()));
        again = shorter(again, Duration.ofSeconds(10));
      }
      again = plan.again().map(a -> shorter(LOOK_AGAIN, a)).orElse(again);
    }
    again = shorter(again, untilNextLook(seen));
    var status = JobStatus.of(seen, lost);
    measure(job, status, memory, seen);
    return write(job, status, memory, context, Optional.of(again));
  }

  private static boolean isEnded(Observation seen) {
    return seen.counts().flatMap(Counts::end).isPresent();
  }

  /**
   * Workers need the consumer that the publishing begins with; a suspended job's are taken away.
   */
  private static boolean mayHaveWorkers(Observation seen) {
    return seen.isSuspended()
        || seen.enqueuing() instanceof Enqueuing.Done
        || (seen.counts().isPresent() && seen.enqueuing() instanceof Enqueuing.Running);
  }

  private Observation observe(BatchJob job, JobMemory memory, Context<BatchJob> context)
      throws InterruptedException {
    var frozen = Objects.requireNonNull(memory.frozen);
    var uid = frozen.uid();
    Optional<Counts> counts = Optional.empty();
    Optional<String> trouble = Optional.empty();
    List<BatchJobStatus.Failure> failures = failuresBefore(job);
    Enqueuing.State state = enqueuing.state(uid);
    var workers = workers(job, memory, context);
    try {
      var ledger = queue.ledger();
      if (memory.batches == null) {
        memory.batches = FrozenInput.of(job, frozen, context.getClient());
      }
      state = enqueuing.ensure(uid, memory.batches, ledger);
      counts = Optional.of(ledger.counts(uid));
      failures = failures(ledger, counts.get(), memory, uid, context);
    } catch (QueueUnavailableException e) {
      trouble = Optional.of(String.valueOf(e.getMessage()));
      if (!(state instanceof Enqueuing.Done)) {
        state = new Enqueuing.Failed("QueueUnavailable", trouble.get());
      }
    }
    return new Observation(job, frozen, workers, counts, trouble, state, failures, clock.instant());
  }

  private Workers workers(BatchJob job, JobMemory memory, Context<BatchJob> context) {
    return new Observer(context.getClient())
        .workers(
            job.getMetadata().getUid(),
            context.getSecondaryResources(Job.class),
            context.getSecondaryResources(Pod.class),
            memory.refusal,
            clock.instant());
  }

  private static List<BatchJobStatus.Failure> failures(
      Ledger ledger, Counts counts, JobMemory memory, String uid, Context<BatchJob> context) {
    if (counts.failed() == 0) {
      return List.of();
    }
    var oomKilled =
        context
            .getSecondaryResourcesAsStream(Pod.class)
            .anyMatch(
                pod ->
                    PodReading.isOomKilled(
                        PodReading.terminated(PodReading.container(pod, "handler"))));
    return memory.failedBatches.first(ledger, uid, oomKilled);
  }

  /** Ends the job or brings it nearer to its end, and observes what the ledger says then. */
  private Observation decide(Observation seen, JobMemory memory, Context<BatchJob> context) {
    var uid = seen.frozen().uid();
    var counts = seen.counts().orElseThrow();
    var ledger = queue.ledger();
    switch (Ending.decide(seen, counts)) {
      case NextStep.KeepGoing _ -> {
        return seen;
      }
      case NextStep.RunCompletion _ ->
          ledger.enqueueCompletion(uid, Summary.of(uid, seen.total(), counts, ledger));
      case NextStep.Finish(var verdict, var message) ->
          ledger.end(uid, new End(verdict, FailedBatches.shortened(message), seen.now()));
    }
    var now = ledger.counts(uid);
    return new Observation(
        seen.job(),
        seen.frozen(),
        seen.workers(),
        Optional.of(now),
        Optional.empty(),
        seen.enqueuing(),
        failures(ledger, now, memory, uid, context),
        seen.now());
  }

  private static Observation withWorkers(Observation seen, Workers workers) {
    return new Observation(
        seen.job(),
        seen.frozen(),
        workers,
        seen.counts(),
        seen.queueTrouble(),
        seen.enqueuing(),
        seen.failures(),
        seen.now());
  }

  private Duration untilNextLook(Observation seen) {
    if (isEnded(seen)) {
      return Duration.ofMillis(1); // its workers are to be told
    }
    var wait = seen.queueTrouble().isPresent() ? QUEUE_RETRY : LOOK_AGAIN;
    if (seen.enqueuing() instanceof Enqueuing.Failed) {
      wait = shorter(wait, Enqueuing.RETRY);
    }
    if (seen.workers().live() > 0 && seen.workers().ready() == 0) {
      wait = shorter(wait, Duration.ofSeconds(5)); // a pod that can't be made says so in events
    }
    return Ending.deadline(seen)
        .map(at -> Duration.between(seen.now(), at).plusMillis(10))
        .map(left -> left.isPositive() ? left : Duration.ofMillis(10))
        .map(left -> shorter(left, Duration.ofMinutes(1)))
        .map(left -> shorter(left, LOOK_AGAIN))
        .filter(left -> left.compareTo(LOOK_AGAIN) < 0)
        .orElse(wait);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static int lostBefore(BatchJob job) {
    return job.getStatus() == null || job.getStatus().workers() == null
        ? 0
        : job.getStatus().workers().lost();
  }

  private static List<BatchJobStatus.Failure> failuresBefore(BatchJob job) {
    return job.getStatus() == null || job.getStatus().failures() == null
        ? List.of()
        : job.getStatus().failures();
  }

  private void measure(BatchJob job, BatchJobStatus status, JobMemory memory, Observation seen) {
    if (!memory.measured) {
      Measurement.of(job, job.getStatus()).ifPresent(metrics::baseline);
      memory.measured = true;
    }
    Measurement.of(job, status).ifPresent(metrics::observed);
    seen.counts()
        .flatMap(Counts::end)
        .ifPresent(
            end ->
                Measurement.of(job, status)
                    .ifPresent(
                        progress ->
                            metrics.finished(
                                progress,
                                end.verdict().name(),
                                Duration.between(seen.acceptedTime(), end.at()))));
  }

  /** The one write of a pass; events only after it has succeeded. */
  private UpdateControl<BatchJob> write(
      BatchJob job,
      BatchJobStatus status,
      JobMemory memory,
      Context<BatchJob> context,
      Optional<Duration> again) {
    var now = clock.instant();
    var pause = StatusPace.pause(job.getStatus(), status, memory.statusWritten, now);
    if (pause.isPresent() && pause.get().isZero()) {
      PrimaryUpdateAndCacheUtils.ssaPatchStatusAndCacheResource(
          job, withStatus(job, status), context);
      memory.statusWritten = now;
      tell(job, job.getStatus(), status, context, memory);
    }
    var wait = pause.filter(Duration::isPositive).or(() -> again);
    var control = UpdateControl.<BatchJob>noUpdate();
    var next = Statuses.isFinished(status) ? Optional.of(Duration.ofMillis(1)) : wait;
    next.map(w -> again.map(a -> shorter(a, w)).orElse(w)).ifPresent(control::rescheduleAfter);
    return control;
  }

  private void tell(
      BatchJob job,
      @Nullable BatchJobStatus before,
      BatchJobStatus after,
      Context<BatchJob> context,
      JobMemory memory) {
    var lastLoss =
        workers(job, memory, context)
            .latestLoss()
            .map(words -> "The last one said: " + words)
            .orElse("");
    JobNews.between(before, after, lastLoss)
        .forEach(item -> events.publish(job, item.kind(), item.reason(), item.note()));
  }

  private static BatchJob withStatus(BatchJob job, BatchJobStatus status) {
    var fresh = new BatchJob();
    fresh.setMetadata(
        new ObjectMetaBuilder()
            .withName(job.getMetadata().getName())
            .withNamespace(job.getMetadata().getNamespace())
            .withUid(job.getMetadata().getUid())
            .build());
    fresh.setStatus(status);
    return fresh;
  }

  /** There are no finalizers, so nobody tells that a BatchJob is gone. */
  private void forgetGone(IndexerResourceCache<BatchJob> cache) {
    var there = cache.list().map(job -> job.getMetadata().getUid()).collect(Collectors.toSet());
    for (var uid : List.copyOf(memories.keySet())) {
      if (!there.contains(uid)) {
        memories.remove(uid);
        signals.forget(uid);
        enqueuing.forget(uid);
        credentials.forget(uid);
        metrics.forget(uid);
      }
    }
  }
}
