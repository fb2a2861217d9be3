package dev.batchapi.operator.job;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.operator.OperatorSettings;
import dev.batchapi.operator.job.accept.Acceptance;
import dev.batchapi.operator.job.accept.Credentials;
import dev.batchapi.operator.job.accept.FrozenReading;
import dev.batchapi.operator.job.accept.FrozenStore;
import dev.batchapi.operator.job.accept.Reruns;
import dev.batchapi.operator.job.accept.Shares;
import dev.batchapi.operator.job.accept.WorkShares;
import dev.batchapi.operator.job.act.Enqueuing;
import dev.batchapi.operator.job.act.FinishedJob;
import dev.batchapi.operator.job.act.ResultsWriting;
import dev.batchapi.operator.job.collect.Collecting;
import dev.batchapi.operator.job.observe.FailedBatches;
import dev.batchapi.operator.job.observe.JobMemory;
import dev.batchapi.operator.job.observe.Observer;
import dev.batchapi.operator.job.observe.StartTroubles;
import dev.batchapi.operator.job.observe.StatsdAddresses;
import dev.batchapi.operator.job.split.Splitting;
import dev.batchapi.operator.job.status.JobProgress;
import dev.batchapi.operator.job.status.JobStatus;
import dev.batchapi.operator.job.status.StatusWriter;
import dev.batchapi.operator.kube.Events;
import dev.batchapi.operator.kube.NamespaceLevels;
import dev.batchapi.operator.kube.Namespaces;
import dev.batchapi.operator.kube.Trimmed;
import dev.batchapi.operator.metrics.OperatorMetrics;
import dev.batchapi.operator.metrics.Progress;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.PodTemplateException;
import dev.batchapi.operator.pod.PythonHost;
import dev.batchapi.operator.pod.TamperedException;
import dev.batchapi.operator.queue.JobQueue;
import dev.batchapi.operator.status.JobConditions;
import dev.batchapi.operator.status.Reason;
import dev.batchapi.queue.End;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.QueueUnavailableException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.net.HttpURLConnection;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a BatchJob to its end: accept and freeze, enqueue, keep workers at work, let the ledger
 * decide, record the end, say so, clean up. Each pass observes, decides, acts and writes the status
 * once; it can be killed between any two calls, and the next pass goes on.
 */
@ControllerConfiguration(
    name = "batchjob",
    informer = @Informer(itemStore = Trimmed.BatchJobs.class, informerListLimit = Trimmed.PAGE))
public final class BatchJobReconciler implements Reconciler<BatchJob> {
  private static final Logger LOG = LoggerFactory.getLogger(BatchJobReconciler.class);
  static final Duration AT_ONCE = Duration.ofMillis(1);

  /** So many jobs' inputs and what is being published of them may be in memory. */
  private static final int ENQUEUED_AT_A_TIME = 4;

  /** So many jobs' results may be in memory: some 15 MiB each, most of it on its way. */
  private static final int WRITTEN_AT_A_TIME = 2;

  /** So many jobs' outcomes are read at a time to run some of their items again. */
  private static final int CUT_AT_A_TIME = 2;

  private final Shares shares = new Shares();
  private final StatsdAddresses statsd = new StatsdAddresses(System::nanoTime);
  private final FrozenReading reading;
  private final Reruns reruns;
  private final Acceptance acceptance;
  private final Splitting splitting;
  private final Collecting collecting;
  private final Credentials credentials;
  private final JobQueue queue;
  private final Events events;
  private final StatusWriter statuses;
  private final OperatorMetrics metrics;
  private final Clock clock;
  private final Enqueuing enqueuing;
  private final ResultsWriting results;
  private final JobPass.Tools tools;
  private final LedgerSignals signals;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("batchjob-timer").factory());
  private final Map<String, JobMemory> memories = new ConcurrentHashMap<>();
  private volatile @Nullable IndexerResourceCache<BatchJob> batchJobs;

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
    credentials = new Credentials(queue::workerCredentials, settings.credentials(), clock);
    var levels = new NamespaceLevels(settings.podSecurity(), new Namespaces(clock));
    var store = new FrozenStore(pythonHost, levels);
    reading = new FrozenReading(store, queue::ledger);
    reruns =
        new Reruns(
            queue,
            queue::ledger,
            Executors.newFixedThreadPool(
                CUT_AT_A_TIME, Thread.ofVirtual().name("rerun-", 0).factory()),
            System::nanoTime);
    acceptance = new Acceptance(settings, pythonHost, credentials, levels, store, shares, reruns);
    var troubles = new StartTroubles(System::nanoTime);
    splitting = new Splitting(queue, settings.credentials(), troubles, clock);
    collecting = new Collecting(queue, settings.credentials(), troubles, clock);
    signals = new LedgerSignals(timer);
    enqueuing =
        new Enqueuing(
            Executors.newFixedThreadPool(
                ENQUEUED_AT_A_TIME, Thread.ofVirtual().name("enqueue-", 0).factory()),
            new WorkShares(settings.queueShares()),
            System::nanoTime,
            signals::changed);
    results =
        new ResultsWriting(
            Executors.newFixedThreadPool(
                WRITTEN_AT_A_TIME, Thread.ofVirtual().name("results-", 0).factory()),
            signals::changed);
    var observer = new Observer(troubles, clock);
    tools =
        new JobPass.Tools(
            queue,
            store,
            enqueuing,
            results,
            collecting,
            credentials,
            observer,
            settings.queueShares(),
            clock);
    statuses = new StatusWriter(events, observer, clock);
    queue.onChange(signals::changed);
    queue.onConnected(signals::allChanged);
  }

  @Override
  public List<EventSource<?, BatchJob>> prepareEventSources(EventSourceContext<BatchJob> context) {
    batchJobs = context.getPrimaryCache();
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
    if (JobConditions.isFinished(job.getStatus())) {
      enqueuing.forget(uid);
      results.forget(uid);
      shares.forget(uid);
      reruns.forget(uid);
      splitting.forgetGone(uid);
      return new FinishedJob(context, queue, splitting, collecting, clock.instant())
          .of(job, memory, tools.observer().workers(job, memory, context));
    }
    if (!Acceptance.isAccepted(job)) {
      return newJob(job, memory, context).accept();
    }
    try {
      return pass(job, memory, context);
    } catch (TamperedException e) {
      LOG.warn(
          "BatchJob {} in {} was tampered with: {}",
          job.getMetadata().getName(),
          job.getMetadata().getNamespace(),
          e.getMessage());
      return end(job, memory, context, Verdict.RunTampered, String.valueOf(e.getMessage()));
    } catch (PodTemplateException e) {
      var message = "No more workers can be made: " + e.getMessage();
      return end(job, memory, context, Verdict.WorkersFailed, message);
    } catch (QueueUnavailableException e) { // whether it has its end is not known now
      return UpdateControl.<BatchJob>noUpdate().rescheduleAfter(JobPass.QUEUE_RETRY);
    }
  }

  private NewJob newJob(BatchJob job, JobMemory memory, Context<BatchJob> context) {
    var others = Objects.requireNonNull(batchJobs);
    return new NewJob(
        acceptance,
        splitting,
        statuses,
        () -> others.list(job.getMetadata().getNamespace()),
        job,
        memory,
        context,
        clock.instant());
  }

  /** What the API server refuses is said where a person looks; it is tried again. */
  @Override
  public ErrorStatusUpdateControl<BatchJob> updateErrorStatus(
      BatchJob job, Context<BatchJob> context, Exception e) {
    if (!JobConditions.isFinished(job.getStatus())) {
      refusal(e)
          .ifPresent(
              message -> {
                var memory =
                    memories.computeIfAbsent(job.getMetadata().getUid(), id -> new JobMemory());
                var status = JobStatus.refused(job, message, clock.instant());
                statuses.write(job, status, memory, context, Optional.empty());
              });
    }
    return ErrorStatusUpdateControl.noStatusUpdate();
  }

  private static Optional<String> refusal(@Nullable Throwable e) {
    for (var cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof KubernetesClientException refused
          && refused.getCode() == HttpURLConnection.HTTP_FORBIDDEN
          && refused.getStatus() != null) {
        return Optional.of(
            "The API server refuses what the operator has to do for the job: %s. It is tried again."
                .formatted(refused.getStatus().getMessage()));
      }
    }
    return Optional.empty();
  }

  private UpdateControl<BatchJob> pass(BatchJob job, JobMemory memory, Context<BatchJob> context)
      throws InterruptedException {
    var frozen = memory.frozen;
    if (frozen == null || !frozen.digest().equals(job.getStatus().runDigest())) {
      frozen = reading.of(job, context.getClient());
      memory.frozen = frozen;
    }
    var result = new JobPass(tools, job, frozen, memory, context).run();
    var progress = measure(job, result, memory);
    tellOfStatsd(job, frozen, memory);
    var control =
        statuses.write(job, result.status(), memory, context, Optional.of(result.again()));
    progress.ifPresent(seen -> measureEnd(seen, result)); // once: the next pass sees a finished job
    if (result.failure() != null) {
      throw result.failure();
    }
    return control;
  }

  /**
   * Goes by nothing but the job's identity, by which its workers are told to leave; unless the job
   * itself is known and believed: then the next pass says the end.
   */
  private UpdateControl<BatchJob> end(
      BatchJob job, JobMemory memory, Context<BatchJob> context, Verdict verdict, String message) {
    try {
      var ledger = queue.ledger();
      var uid = job.getMetadata().getUid();
      var end =
          ledger.end(uid, new End(verdict, FailedBatches.shortened(message), clock.instant()));
      if (memory.frozen != null && verdict != Verdict.RunTampered) {
        return UpdateControl.<BatchJob>noUpdate().rescheduleAfter(AT_ONCE);
      }
      var batches = job.getStatus().batches(); // null: nothing was counted yet
      ledger.open(uid, batches == null ? 1 : batches.total());
      var status = JobStatus.ended(job, end, ledger.counts(uid));
      return statuses.write(job, status, memory, context, Optional.empty());
    } catch (QueueUnavailableException e) {
      return UpdateControl.<BatchJob>noUpdate().rescheduleAfter(JobPass.QUEUE_RETRY);
    }
  }

  private Optional<Progress> measure(BatchJob job, JobPass.Result result, JobMemory memory) {
    if (!memory.measured) {
      JobProgress.of(job, job.getStatus()).ifPresent(metrics::baseline);
      memory.measured = true;
    }
    var progress = JobProgress.of(job, result.status());
    progress.ifPresent(metrics::observed);
    return progress;
  }

  private void measureEnd(Progress progress, JobPass.Result result) {
    if (result.end().isPresent()) {
      var end = result.end().get();
      var accepted = Instant.parse(result.frozen().run().job().startTime());
      metrics.finished(progress, end.verdict().name(), Duration.between(accepted, end.at()));
    }
  }

  /** Never an end, and no condition: the job does its work all the same. */
  private void tellOfStatsd(BatchJob job, FrozenJob frozen, JobMemory memory) {
    if (!memory.statsdTold) {
      statsd
          .trouble(frozen)
          .ifPresent(
              message -> {
                memory.statsdTold = true;
                events.publish(job, Events.Kind.WARNING, Reason.StatsdUnresolved.name(), message);
              });
    }
  }

  /** There are no finalizers, so nobody tells that a BatchJob is gone. */
  private void forgetGone(IndexerResourceCache<BatchJob> cache) {
    var there = cache.list().map(job -> job.getMetadata().getUid()).collect(Collectors.toSet());
    for (var uid : List.copyOf(memories.keySet())) {
      if (!there.contains(uid)) {
        memories.remove(uid);
        signals.forget(uid);
        shares.forget(uid);
        enqueuing.forget(uid);
        results.forget(uid);
        reruns.forget(uid);
        credentials.forget(uid);
        splitting.forgetGone(uid);
        collecting.forget(uid);
        queue.revoke(uid);
        metrics.forget(uid);
      }
    }
  }
}
