package dev.batchapi.operator.pod;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * An ended job's results and errors, for people to read. Nothing is ever believed of it: it is
 * written from the ledger, and read only to know whether it is the one that was written.
 */
public final class ResultsObject {
  public static final String RESULTS = "results.jsonl";
  public static final String ERRORS = "errors.jsonl";

  private ResultsObject() {}

  /** The ConfigMap. It goes when the BatchJob goes, and can't be edited. */
  public static ConfigMap configMap(FrozenJob job, String results, String errors) {
    return FrozenObjects.configMap(
        job, Names.results(job.name()), Map.of(RESULTS, results, ERRORS, errors));
  }

  /** Whether it belongs to this BatchJob. */
  public static boolean isOf(JobId job, ConfigMap found) {
    return owners(found).stream().anyMatch(owner -> job.uid().equals(owner.getUid()));
  }

  /** Whether it belonged to an earlier BatchJob of this one's name, with which it goes. */
  public static boolean isOfPredecessor(JobId job, ConfigMap found) {
    return !isOf(job, found)
        && owners(found).stream()
            .anyMatch(
                owner -> owner.getKind().equals("BatchJob") && owner.getName().equals(job.name()));
  }

  /** Whether it holds what the other one holds. */
  public static boolean isSame(ConfigMap found, ConfigMap wanted) {
    var binary = found.getBinaryData();
    return Objects.equals(found.getData(), wanted.getData())
        && (binary == null || binary.isEmpty());
  }

  private static List<OwnerReference> owners(ConfigMap found) {
    return Objects.requireNonNullElse(found.getMetadata().getOwnerReferences(), List.of());
  }
}
