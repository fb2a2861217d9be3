package dev.batchapi.operator.job.accept;

import com.fasterxml.jackson.databind.JsonNode;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.JobInput;
import dev.batchapi.data.input.CountInput;
import dev.batchapi.data.input.Input;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.input.JsonLines;
import dev.batchapi.operator.kube.Trimmed;
import dev.batchapi.queue.Batches;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Opens a job's input. */
final class JobInputs {
  private JobInputs() {}

  /**
   * The BatchJob with its input, which a cached one need not have.
   *
   * @throws InputException if the BatchJob is gone
   */
  static BatchJob whole(BatchJob job, KubernetesClient client) {
    if (Trimmed.hasInput(job)) {
      return job;
    }
    var now = client.resource(job).get();
    if (now == null || !now.getMetadata().getUid().equals(job.getMetadata().getUid())) {
      throw new InputException(
          "BatchJob \"%s\" was deleted, and its input with it."
              .formatted(job.getMetadata().getName()));
    }
    return now;
  }

  /**
   * Opens an input whose payloads the queue carries.
   *
   * @param lines of the ConfigMap, if they are in one
   * @param configMap what messages call it
   * @throws InputException if it can't be used
   */
  static Input open(
      JobInput.Source source, Supplier<String> lines, String configMap, int batchSize) {
    return switch (source) {
      case JobInput.Numbers(var count) -> new CountInput(count, batchSize);
      case JobInput.Items(var items) ->
          JsonLines.ofItems(items.stream().map(JsonNode::toString).toList(), batchSize);
      case JobInput.Lines _ ->
          JsonLines.unquoted(configMap, lines.get().getBytes(StandardCharsets.UTF_8), batchSize);
      case JobInput.InFiles _, JobInput.OfJob _ ->
          throw new IllegalArgumentException("what is in files or another job is cut before");
    };
  }

  /** An input that is opened when the first payload is asked for; most repairs ask for none. */
  static Batches lazily(int count, Supplier<Input> input) {
    return new Batches() {
      private volatile @Nullable Input opened;

      @Override
      public int count() {
        return count;
      }

      @Override
      public byte[] payload(int index) {
        var now = opened;
        if (now == null) {
          now = input.get();
          opened = now;
        }
        return now.payload(index);
      }
    };
  }
}
