package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.crds.Condition;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** A user and their namespace, which is deleted on {@link #close}. */
final class Team implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final KubernetesClient client = Cluster.client();
  private final String namespace;

  Team(String name) {
    namespace =
        "e2e-%s-%s"
            .formatted(name.toLowerCase(Locale.ROOT), UUID.randomUUID().toString().substring(0, 5));
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(namespace)
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                .endMetadata()
                .build())
        .create();
  }

  String namespace() {
    return namespace;
  }

  /** Applies what must be accepted. */
  void applies(String yaml) {
    var result = tries(yaml);
    assertThat(result.code()).as(result.out()).isZero();
  }

  /** Applies what may be refused. */
  Cluster.Result tries(String yaml) {
    return Cluster.kubectl(yaml, "apply", "-n", namespace, "-f", "-");
  }

  void appliesFolder(Path folder) {
    var result = kubectl("apply", "-f", folder.toString());
    assertThat(result.code()).as(result.out()).isZero();
  }

  Cluster.Result kubectl(String... arguments) {
    return Cluster.in(namespace, arguments);
  }

  /** A line as it is typed into a shell, by somebody whose namespace is this one. */
  Cluster.Result types(String line) {
    return Cluster.shell(
        "kubectl() { command kubectl -n '%s' \"$@\"; }\n%s\n".formatted(namespace, line));
  }

  /** A BatchAPI with an inline Python handler, and one job of it. */
  static String python(String name, String jobSpec, String apiSpec, String handler) {
    return """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchAPI
        metadata: {name: %1$s}
        spec:
        %3$s
          handler:
            python:
              inline: |
        %4$s
        ---
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchJob
        metadata: {name: %1$s}
        spec:
          apiName: %1$s
        %2$s
        """
        .formatted(
            name,
            jobSpec.indent(2).stripTrailing(),
            apiSpec.indent(2).stripTrailing(),
            handler.indent(8));
  }

  BatchJob job(String name) {
    return Objects.requireNonNull(
        find(name).orElse(null), () -> "no BatchJob " + name + " in " + namespace);
  }

  Optional<BatchJob> find(String name) {
    return Optional.ofNullable(
        client.resources(BatchJob.class).inNamespace(namespace).withName(name).get());
  }

  BatchJobStatus.Batches batches(String job) {
    return Objects.requireNonNull(job(job).getStatus().batches());
  }

  BatchJobStatus.Workers workers(String job) {
    return Objects.requireNonNull(job(job).getStatus().workers());
  }

  List<BatchJobStatus.Failure> failures(String job) {
    return Objects.requireNonNull(job(job).getStatus().failures());
  }

  /** Batches with a result so far. */
  int succeeded(String job) {
    var status = job(job).getStatus();
    return status == null || status.batches() == null ? 0 : status.batches().succeeded();
  }

  /** Workers that are ready now. */
  int ready(String job) {
    var status = job(job).getStatus();
    return status == null || status.workers() == null ? 0 : status.workers().ready();
  }

  /**
   * Lines of the ConfigMap with a finished job's results.
   *
   * @param file {@code results} or {@code errors}
   */
  Stream<JsonNode> resultLines(String job, String file) {
    var path = "jsonpath={.data.%s\\.jsonl}".formatted(file);
    var result = kubectl("get", "configmap", job + "-results", "-o", path);
    assertThat(result.code()).as(result.out()).isZero();
    return result.out().lines().map(Team::json);
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Pod> pods(String job) {
    return client
        .pods()
        .inNamespace(namespace)
        .withLabel("batchapi.dev/job", job)
        .list()
        .getItems();
  }

  Optional<Condition> condition(String job, String type) {
    var status = job(job).getStatus();
    return status == null || status.conditions() == null
        ? Optional.empty()
        : status.conditions().stream().filter(c -> c.type().equals(type)).findFirst();
  }

  /** Waits for the end, whichever. */
  BatchJob awaitsTheEndOf(String job) {
    return awaitsTheEndOf(job, PATIENCE);
  }

  BatchJob awaitsTheEndOf(String job, Duration patience) {
    await("the end of " + job)
        .atMost(patience)
        .pollInterval(Duration.ofMillis(200))
        .conditionEvaluationListener(null)
        .until(
            () ->
                condition(job, "Finished")
                    .filter(c -> c.status() == Condition.Status.TRUE)
                    .isPresent());
    return job(job);
  }

  /** Reason of the job's end: of its Complete or Failed condition, of which there is just one. */
  String reasonOfTheEndOf(String job) {
    return reasonOfTheEndOf(job, PATIENCE);
  }

  String reasonOfTheEndOf(String job, Duration patience) {
    awaitsTheEndOf(job, patience);
    var complete = condition(job, "Complete");
    var failed = condition(job, "Failed");
    assertThat(complete.isPresent()).isNotEqualTo(failed.isPresent());
    return complete.or(() -> failed).orElseThrow().reason();
  }

  /** Waits for its end, with a result of every batch. */
  BatchJob completes(String job, int batches) {
    var reason = reasonOfTheEndOf(job);
    assertThat(reason)
        .as(() -> condition(job, "Finished").map(Condition::message).orElse(""))
        .isEqualTo("Complete");
    assertThat(batches(job).succeeded()).isEqualTo(batches);
    return job(job);
  }

  /** Waits until this is why the job has no worker, in a message with these words. */
  void awaitsReason(String job, String reason, String... words) {
    awaits(
        reason,
        () ->
            condition(job, "WorkersReady")
                .filter(c -> c.reason().equals(reason))
                .filter(c -> Stream.of(words).allMatch(c.message()::contains))
                .isPresent());
  }

  void awaits(String what, java.util.concurrent.Callable<Boolean> condition) {
    await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(condition);
  }

  @Override
  public void close() {
    client.namespaces().withName(namespace).delete();
  }
}
