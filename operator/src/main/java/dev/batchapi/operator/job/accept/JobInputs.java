package dev.batchapi.operator.job.accept;

import com.fasterxml.jackson.databind.JsonNode;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.data.input.CountInput;
import dev.batchapi.data.input.Input;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.input.JsonLines;
import dev.batchapi.operator.kube.Trimmed;
import dev.batchapi.queue.Batches;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

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
   * Opens what stands in the spec.
   *
   * @throws InputException if it can't be used
   */
  static Input ofSpec(BatchJobSpec spec, int batchSize) {
    var count = spec.input().count();
    if (count != null) {
      return new CountInput(count, batchSize);
    }
    var items = spec.input().items();
    if (items != null) {
      return JsonLines.ofItems(items.stream().map(JsonNode::toString).toList(), batchSize);
    }
    throw new IllegalArgumentException("the input is in a ConfigMap, or in files");
  }

  /**
   * Opens JSON lines from a ConfigMap.
   *
   * @param name what messages call it
   * @throws InputException if it can't be used
   */
  static Input ofLines(String name, String lines, int batchSize) {
    return JsonLines.unquoted(name, lines.getBytes(StandardCharsets.UTF_8), batchSize);
  }

  /** An input that is opened when the first payload is asked for; most repairs ask for none. */
  static Batches lazily(int count, Supplier<Input> input) {
    return new Batches() {
      private volatile @org.jspecify.annotations.Nullable Input opened;

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
