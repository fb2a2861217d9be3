package dev.batchapi.operator.job.accept;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.FrozenObjects;
import dev.batchapi.operator.pod.TamperedException;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Splits;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.function.Supplier;

/**
 * An accepted job's batches: the same payload for the same index, however often it is asked for.
 */
public final class FrozenInput {
  private FrozenInput() {}

  public static Batches of(
      BatchJob job, FrozenJob frozen, Supplier<Splits> splits, KubernetesClient client) {
    var split = frozen.pod().split();
    if (split != null) {
      return new SplitBatches(frozen, split, splits.get());
    }
    var batchSize = frozen.run().batchSize();
    var input = frozen.pod().input();
    return JobInputs.lazily(
        frozen.run().totalBatches(),
        () ->
            input == null
                ? JobInputs.ofSpec(JobInputs.whole(job, client).getSpec(), batchSize)
                : Acceptance.find(client, frozen.namespace(), input.configMap())
                    .map(found -> FrozenObjects.inputLines(found, input))
                    .map(lines -> JobInputs.ofLines("the input", lines, batchSize))
                    .orElseThrow(
                        () ->
                            new TamperedException(
                                "ConfigMap \"%s\" with the job's input was deleted."
                                    .formatted(input.configMap()))));
  }
}
