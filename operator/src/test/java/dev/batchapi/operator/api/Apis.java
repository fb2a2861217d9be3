package dev.batchapi.operator.api;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchApiStatus;
import dev.batchapi.crds.BatchApiStatus.SubmittedJob;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.crds.Condition;
import dev.batchapi.crds.JobPhase;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** BatchAPIs named tagger, and their jobs. */
final class Apis {
  static final String SUBMITTED = "2026-01-01T08:00:00Z";
  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  private Apis() {}

  /**
   * A BatchAPI in its third generation.
   *
   * @param entries names in {@code spec.jobs}, such as {@code [a, b]}
   * @param remembered names in {@code status.jobs}
   */
  static BatchApi with(String entries, String remembered) {
    return with("handler: {python: {inline: pass}}", entries, null, names(remembered));
  }

  static BatchApi with(
      String handler,
      String entries,
      @Nullable List<Condition> conditions,
      List<String> remembered) {
    var jobs = names(entries).stream().map("{name: %s, input: {count: 1}}"::formatted).toList();
    var api =
        YAML.unmarshal(
            """
            apiVersion: batchapi.dev/v1alpha1
            kind: BatchAPI
            metadata: {name: tagger, namespace: vision, uid: 1111, generation: 3}
            spec:
              %s
              jobs: %s
            """
                .formatted(handler, jobs),
            BatchApi.class);
    var submitted =
        remembered.stream()
            .map(name -> new SubmittedJob(name, "tagger-" + name, SUBMITTED, JobPhase.RUNNING))
            .toList();
    api.setStatus(new BatchApiStatus(conditions, 2L, submitted));
    return api;
  }

  private static List<String> names(String list) {
    return Stream.of(list.substring(1, list.length() - 1).split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .toList();
  }

  static BatchJob job(String name, @Nullable JobPhase phase) {
    var job = new BatchJob();
    job.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withNamespace("vision")
            .withCreationTimestamp("2026-01-01T09:00:00Z")
            .build());
    if (phase != null) {
      job.setStatus(
          new BatchJobStatus(
              null, phase, null, null, null, null, null, null, null, null, null, null, null, null,
              null));
    }
    return job;
  }
}
