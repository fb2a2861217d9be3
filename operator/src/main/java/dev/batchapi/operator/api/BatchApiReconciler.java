package dev.batchapi.operator.api;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchApiStatus;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.JobPhase;
import dev.batchapi.operator.OperatorSettings;
import dev.batchapi.operator.kube.Events;
import dev.batchapi.operator.kube.Trimmed;
import dev.batchapi.operator.pod.Labels;
import dev.batchapi.operator.pod.PythonHost;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says of a BatchAPI whether jobs can run, and turns each entry of its {@code jobs} into a
 * BatchJob, once. BatchJobs are submitted whether it is ready or not: they wait for it.
 *
 * <p>It can be killed between any two calls. A BatchJob that was created before the status could
 * say so is found by its name and taken as what it is.
 */
@ControllerConfiguration(
    name = "batchapi",
    informer = @Informer(itemStore = Trimmed.BatchApis.class, informerListLimit = Trimmed.PAGE))
public final class BatchApiReconciler implements Reconciler<BatchApi> {
  private final ReadinessCheck readinessCheck;
  private final Events events;
  private final Clock clock;

  /**
   * A reconciler that keeps no state between passes.
   *
   * @param host without it no BatchAPI in Python is ready
   */
  public BatchApiReconciler(
      OperatorSettings settings, Optional<PythonHost> host, Events events, Clock clock) {
    this.readinessCheck = new ReadinessCheck(settings, host, clock);
    this.events = events;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, BatchApi>> prepareEventSources(EventSourceContext<BatchApi> context) {
    var made =
        InformerEventSourceConfiguration.from(BatchJob.class, BatchApi.class)
            .withLabelSelector(Labels.MANAGED_BY + "=" + Labels.OPERATOR)
            .withItemStore(new Trimmed.BatchJobs())
            .withInformerListLimit(Trimmed.PAGE)
            .withOnUpdateFilter((now, before) -> now.isMarkedForDeletion() || isNews(before, now))
            .build();
    return List.of(new InformerEventSource<>(made, context));
  }

  /** A running job's status changes every second; what is remembered of it does not. */
  private static boolean isNews(BatchJob before, BatchJob now) {
    return !Objects.equals(phase(before), phase(now))
        || !before
            .getMetadata()
            .getOwnerReferences()
            .equals(now.getMetadata().getOwnerReferences());
  }

  private static @Nullable JobPhase phase(BatchJob job) {
    return job.getStatus() == null ? null : job.getStatus().phase();
  }

  @Override
  public UpdateControl<BatchApi> reconcile(BatchApi seen, Context<BatchApi> context) {
    var jobs = jobs(seen, context);
    if (EntryPlan.of(seen, jobs.keySet()).submit().isEmpty()) {
      return advance(seen, jobs, context);
    }
    // The cache may trail what was written: nothing is submitted by what it says alone.
    return live(seen, context)
        .map(api -> advance(api, jobs, context))
        .orElseGet(UpdateControl::noUpdate);
  }

  private UpdateControl<BatchApi> advance(
      BatchApi api, Map<String, BatchJob> jobs, Context<BatchApi> context) {
    var plan = EntryPlan.of(api, jobs.keySet());
    var submission = new Submission(api, context.getClient());
    var removed = new ArrayList<String>();
    for (var name : plan.remove()) {
      if (submission.remove(name)) {
        removed.add(name);
      }
    }
    var results = new ArrayList<Submission.Result>();
    for (var entry : plan.submit()) {
      var result = submission.submit(entry);
      results.add(result);
      if (result instanceof Submission.Submitted(var job, var now)) {
        jobs.put(job.getMetadata().getName(), job);
      }
    }
    var readiness = readinessCheck.of(api, context.getClient());
    var now = clock.instant();
    var status = ApiStatus.of(api, readiness, jobs, results, now);
    if (!status.equals(api.getStatus())) {
      PrimaryUpdateAndCacheUtils.ssaPatchStatusAndCacheResource(
          api, withStatus(api, status), context);
      ApiNews.of(api, status, results, removed).forEach(item -> publish(api, item));
    }
    UpdateControl<BatchApi> control = UpdateControl.noUpdate();
    Patience.of(api, status, readiness, now).ifPresent(control::rescheduleAfter);
    return control;
  }

  /** Those of this very BatchAPI, not of one that had its name before. */
  private static Map<String, BatchJob> jobs(BatchApi api, Context<BatchApi> context) {
    var jobs = new LinkedHashMap<String, BatchJob>();
    context.getSecondaryResources(BatchJob.class).stream()
        .filter(job -> Submission.isOf(api, job) && !job.isMarkedForDeletion())
        .forEach(job -> jobs.put(job.getMetadata().getName(), job));
    return jobs;
  }

  private static Optional<BatchApi> live(BatchApi api, Context<BatchApi> context) {
    var meta = api.getMetadata();
    return Optional.ofNullable(
            context
                .getClient()
                .resources(BatchApi.class)
                .inNamespace(meta.getNamespace())
                .withName(meta.getName())
                .get())
        .filter(live -> live.getMetadata().getUid().equals(meta.getUid()))
        .filter(live -> !live.isMarkedForDeletion());
  }

  /** Identity and status only: what is applied is owned. */
  private static BatchApi withStatus(BatchApi api, BatchApiStatus status) {
    var fresh = new BatchApi();
    fresh.setMetadata(
        new ObjectMetaBuilder()
            .withName(api.getMetadata().getName())
            .withNamespace(api.getMetadata().getNamespace())
            .withUid(api.getMetadata().getUid())
            .build());
    fresh.setStatus(status);
    return fresh;
  }

  private void publish(BatchApi api, ApiNews news) {
    events.publish(api, news.kind(), news.reason(), news.note());
  }
}
