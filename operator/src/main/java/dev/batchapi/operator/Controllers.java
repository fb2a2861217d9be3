package dev.batchapi.operator;

import dev.batchapi.operator.kube.Events;
import dev.batchapi.operator.metrics.OperatorMetrics;
import dev.batchapi.operator.queue.JobQueue;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import java.util.List;

/** Makes the reconcilers of an operator. */
@FunctionalInterface
interface Controllers {

  /** What a reconciler may use. */
  record Parts(OperatorSettings settings, JobQueue queue, Events events, OperatorMetrics metrics) {}

  List<Reconciler<? extends HasMetadata>> of(Parts parts);
}
