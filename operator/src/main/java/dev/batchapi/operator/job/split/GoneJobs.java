package dev.batchapi.operator.job.split;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.data.collect.OutputFolder;
import dev.batchapi.operator.pod.Labels;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Jobs of this cluster that were deleted and have left their mark in the folder of an output. Each
 * of those folders goes to one other job: a splitter reads the mark and then removes it, and two of
 * them could remove each other's.
 */
final class GoneJobs {
  /** As Kubernetes names things. What a folder says is written by whoever may write there. */
  private static final String NAME = "[a-z0-9][a-z0-9.-]{0,252}";

  private final Map<String, String> heirs = new ConcurrentHashMap<>();

  /** What is known of such a job. */
  enum State {
    /** It is there, or nobody can tell. */
    THERE,
    /** It is gone, and a pod of it is not. */
    LEAVING,
    /** Its folder is another job's to take over. */
    INHERITED,
    /** Its folder is the asking job's to take over. */
    GONE
  }

  /**
   * Looks for it, and not in a cache.
   *
   * @param heir uid of the job that asks
   */
  State look(OutputFolder.Owner owner, String heir, KubernetesClient client) {
    if (!isName(owner.namespace()) || !isName(owner.name()) || !isName(owner.uid())) {
      return State.THERE;
    }
    var found =
        client
            .resources(BatchJob.class)
            .inNamespace(owner.namespace())
            .withName(owner.name())
            .get();
    if (found != null && owner.uid().equals(found.getMetadata().getUid())) {
      return State.THERE;
    }
    // Without those that have ended: of a job that was deleted without its Jobs they stay.
    var pods =
        client
            .pods()
            .inNamespace(owner.namespace())
            .withLabel(Labels.JOB_UID, owner.uid())
            .withoutField("status.phase", "Succeeded")
            .withoutField("status.phase", "Failed")
            .list(new ListOptionsBuilder().withLimit(1L).build());
    if (!pods.getItems().isEmpty()) {
      return State.LEAVING;
    }
    var before = heirs.putIfAbsent(owner.uid(), heir);
    return before == null || before.equals(heir) ? State.GONE : State.INHERITED;
  }

  private static boolean isName(@Nullable String text) {
    return text != null && text.matches(NAME);
  }

  /** A job that may have taken over a folder is gone itself. */
  void forget(String heir) {
    heirs.values().removeIf(heir::equals);
  }
}
