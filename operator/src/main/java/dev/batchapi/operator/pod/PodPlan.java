package dev.batchapi.operator.pod;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.batchapi.contract.MetricsFlavour;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.crds.EnvVar;
import dev.batchapi.crds.PodTemplate;
import dev.batchapi.crds.Resources;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a job's pods are made of, as it was when the job was accepted: neither a change of the
 * BatchAPI nor an upgrade of the operator changes it. Kept as JSON beside the run.
 *
 * @param workerImage image of the worker's container
 * @param handlerImage image of the handler's container
 * @param code the author's code; null: it is in the image
 * @param input the frozen input; null: it is in the BatchJob's spec
 * @param pythonHost the Python host's files but for its start; null for Java
 * @param pythonStart the Python program that checks and starts the host; null for Java
 * @param statsd address of the platform's StatsD service; null for nowhere
 * @param statsdFlavour whose rules that service has; null for the worker's own default
 * @param statsdSocket the platform's socket, if this job's metrics go to one; else null
 * @param tellsOrigin whether Datadog's agent gets the metrics; null: no
 * @param leaseSeconds how long a worker's lease lasts
 * @param labels for Jobs and pods beside ours: those for Kueue
 * @param workerResources of the worker's container, by {@code requests.cpu} and the like; what is
 *     not named is ours
 * @param split where the batches of a job with files lie, or of a rerun; null: it is neither
 * @param storageSecret whose keys are the worker's variables, to read files and to write large
 *     results with; null: none
 * @param output how its results are written; null: it has no output
 * @param storage its volumes and service account; null: none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PodPlan(
    RunSpec.Language language,
    String workerImage,
    String handlerImage,
    @Nullable FrozenFiles code,
    @Nullable FrozenFiles input,
    @Nullable FrozenFiles pythonHost,
    @Nullable String pythonStart,
    @Nullable Resources resources,
    List<EnvVar> env,
    @Nullable PodTemplate template,
    @Nullable String statsd,
    @Nullable MetricsFlavour statsdFlavour,
    @Nullable StatsdSocket statsdSocket,
    @Nullable Boolean tellsOrigin,
    String natsUrl,
    int leaseSeconds,
    Map<String, String> labels,
    @Nullable Map<String, String> workerResources,
    @Nullable FrozenSplit split,
    @Nullable String storageSecret,
    @Nullable FrozenOutput output,
    @Nullable FrozenStorage storage) {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          // An older operator must be able to go on with what a newer one has accepted.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /** Whether its workers speak to stores. */
  public boolean speaksToStores() {
    return split != null || output != null;
  }

  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws UncheckedIOException if it is something else
   */
  public static PodPlan fromJson(String json) {
    try {
      return JSON.readValue(json, PodPlan.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
