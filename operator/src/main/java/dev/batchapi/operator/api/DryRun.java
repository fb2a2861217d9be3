package dev.batchapi.operator.api;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.WorkerJobs;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import java.net.HttpURLConnection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks the API server whether it would take a worker's Job, with typing errors and all. Once for
 * each generation of a BatchAPI: what else goes into the answer changes only with the operator.
 */
final class DryRun {
  private static final int UNPROCESSABLE = 422;
  private static final int REMEMBERED = 10_000;

  /** Of the API server's words, in characters: a webhook may have many. */
  private static final int LONGEST = 4_000;

  private record Answer(String uid, long generation, Readiness readiness) {}

  private final Map<String, Answer> answers =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Answer> eldest) {
              return size() > REMEMBERED;
            }
          });

  Readiness of(BatchApi api, FrozenJob job, KubernetesClient client) {
    var meta = api.getMetadata();
    var key = meta.getNamespace() + "/" + meta.getName();
    var before = answers.get(key);
    if (before != null
        && before.uid().equals(meta.getUid())
        && before.generation() == meta.getGeneration()) {
      return before.readiness();
    }
    var readiness = ask(job, client);
    if (!(readiness instanceof Readiness.NotReady not && not.mayPass())) {
      answers.put(key, new Answer(meta.getUid(), meta.getGeneration(), readiness));
    }
    return readiness;
  }

  private static Readiness ask(FrozenJob job, KubernetesClient client) {
    var written = WorkerJobs.asWritten(job);
    try {
      client
          .genericKubernetesResources("batch/v1", "Job")
          .inNamespace(job.namespace())
          .resource(written)
          .dryRun()
          .fieldValidation(FieldValidateable.Validation.STRICT)
          .create();
      return new Readiness.Ready();
    } catch (KubernetesClientException e) {
      return switch (e.getCode()) {
        case HttpURLConnection.HTTP_BAD_REQUEST, UNPROCESSABLE ->
            Readiness.templateRefused(words(e));
        case HttpURLConnection.HTTP_FORBIDDEN -> Readiness.jobsForbidden(job.namespace(), words(e));
        // Names are looked at last: all else of the Job is as it must be.
        case HttpURLConnection.HTTP_CONFLICT -> new Readiness.Ready();
        default -> throw e;
      };
    }
  }

  /** Without the request and the whole answer, which are in the exception's own message. */
  static String words(KubernetesClientException e) {
    var status = e.getStatus();
    @Nullable String words = status == null ? e.getMessage() : status.getMessage();
    var text = String.valueOf(words);
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }
}
