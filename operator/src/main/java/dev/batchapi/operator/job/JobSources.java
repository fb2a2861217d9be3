package dev.batchapi.operator.job;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.operator.kube.Trimmed;
import dev.batchapi.operator.pod.Labels;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What makes a BatchJob be looked at again: its Jobs, its pods, its BatchAPI, the ledger. */
final class JobSources {
  private static final String BY_API = "by-api";

  private JobSources() {}

  static List<EventSource<?, BatchJob>> of(
      EventSourceContext<BatchJob> context, EventSource<?, BatchJob> ledger) {
    context
        .getPrimaryCache()
        .addIndexer(
            BY_API, job -> List.of(key(job.getMetadata().getNamespace(), job.getSpec().apiName())));
    return List.of(ledger, jobs(context), pods(context), apis(context));
  }

  private static EventSource<?, BatchJob> jobs(EventSourceContext<BatchJob> context) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(Job.class, BatchJob.class)
            .withLabelSelector(Labels.JOB_UID)
            .withItemStore(new Trimmed.Jobs())
            .withInformerListLimit(Trimmed.PAGE)
            .withSecondaryToPrimaryMapper(JobSources::batchJob)
            .build(),
        context);
  }

  private static EventSource<?, BatchJob> pods(EventSourceContext<BatchJob> context) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(Pod.class, BatchJob.class)
            .withLabelSelector(Labels.JOB_UID)
            .withItemStore(new Trimmed.Pods())
            .withInformerListLimit(Trimmed.PAGE)
            .withSecondaryToPrimaryMapper(JobSources::batchJob)
            .build(),
        context);
  }

  private static EventSource<?, BatchJob> apis(EventSourceContext<BatchJob> context) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(BatchApi.class, BatchJob.class)
            .withItemStore(new Trimmed.BatchApis())
            .withInformerListLimit(Trimmed.PAGE)
            .withPrimaryToSecondaryMapper(
                (BatchJob job) ->
                    Set.of(
                        new ResourceID(job.getSpec().apiName(), job.getMetadata().getNamespace())))
            .withSecondaryToPrimaryMapper(
                api ->
                    context
                        .getPrimaryCache()
                        .byIndex(
                            BY_API,
                            key(api.getMetadata().getNamespace(), api.getMetadata().getName()))
                        .stream()
                        .map(ResourceID::fromResource)
                        .collect(Collectors.toSet()))
            .build(),
        context);
  }

  private static Set<ResourceID> batchJob(HasMetadata child) {
    return Set.of(new ResourceID(Labels.of(child, Labels.JOB), child.getMetadata().getNamespace()));
  }

  private static String key(String namespace, String api) {
    return namespace + "/" + api;
  }
}
