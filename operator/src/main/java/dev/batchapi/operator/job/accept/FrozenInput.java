package dev.batchapi.operator.job.accept;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.data.input.Sources;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.FrozenObjects;
import dev.batchapi.operator.pod.TamperedException;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Splits;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Objects;
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
    return JobInputs.lazily(
        frozen.run().totalBatches(),
        () ->
            JobInputs.open(
                JobInputs.whole(job, client).getSpec().input().source(),
                () -> lines(frozen, client),
                "the input",
                frozen.run().batchSize()));
  }

  /** What {@link #of} gives as people are shown it: the items, or of files their places. */
  public static Batches shown(FrozenJob frozen, Batches batches) {
    return frozen.run().rerun() == null ? batches : Reruns.shown(batches);
  }

  /** The numbers of a job's items; in a rerun they are those of the earlier job. */
  public static Sources numbers(FrozenJob frozen, Batches batches) {
    return frozen.run().rerun() == null ? Sources.NONE : new RerunNumbers(batches);
  }

  private static String lines(FrozenJob frozen, KubernetesClient client) {
    var input = Objects.requireNonNull(frozen.pod().input());
    return FrozenStore.find(client, frozen.namespace(), input.configMap())
        .map(found -> FrozenObjects.inputLines(found, input))
        .orElseThrow(
            () ->
                new TamperedException(
                    "ConfigMap \"%s\" with the job's input was deleted."
                        .formatted(input.configMap())));
  }
}
