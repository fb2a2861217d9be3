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

  /** The same of what pods have as a label. */
  private static final String UID = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

  private final Map<Left, String> heirs = new ConcurrentHashMap<>();

  /** A folder, and the uid that is left in it. */
  private record Left(String folder, String uid) {}

  /** What is known of such a job. */
  enum State {
    /** It is there, or nobody can tell. */
    THERE,
    /** It is gone or about to go, and a pod of it may still run. */
    LEAVING,
    /** Its folder is another job's to take over. */
    INHERITED,
    /** Its folder is the asking job's to take over. */
    GONE
  }

  /**
   * Looks for it, and not in a cache.
   *
   * @param folder that it has left, by its URL
   * @param heir uid of the job that asks
   */
  State look(String folder, OutputFolder.Owner owner, String heir, KubernetesClient client) {
    if (!is(NAME, owner.namespace()) || !is(NAME, owner.name()) || !is(UID, owner.uid())) {
      return State.THERE;
    }
    var found =
        client
            .resources(BatchJob.class)
            .inNamespace(owner.namespace())
            .withName(owner.name())
            .get();
    if (found != null && owner.uid().equals(found.getMetadata().getUid())) {
      return found.isMarkedForDeletion() ? State.LEAVING : State.THERE;
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
    var before = heirs.putIfAbsent(new Left(folder, owner.uid()), heir);
    return before == null || before.equals(heir) ? State.GONE : State.INHERITED;
  }

  private static boolean is(String form, @Nullable String text) {
    return text != null && text.matches(form);
  }

  /** A job that may have taken over a folder is gone itself. */
  void forget(String heir) {
    heirs.values().removeIf(heir::equals);
  }
}
