package dev.batchapi.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.operator.pod.Names;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** A job in whose way the operator is killed: what of it counts, and how it ends all the same. */
enum CrashScenario {
  /** In the middle of enqueuing: more batches than go in one. */
  LARGE("Complete", 2100) {
    @Override
    boolean counts(Death.Call call, BatchJob job) {
      return call.where().matches("work\\..*\\.[0-9]+");
    }

    @Override
    void hadAll(List<Death.Call> calls) {
      assertThat(calls).hasSizeGreaterThanOrEqualTo(3);
    }
  },

  /** One batch ends the process that has it, twice, and so two workers are lost. */
  LOSSES("BatchesFailed", 15) {
    @Override
    boolean counts(Death.Call call, BatchJob job) {
      return call.verb().equals("POST")
          && call.where().endsWith("/jobs")
          && call.body().matches("(?s).*\"name\" *: *\"crash-now-[0-9]+-[1-9].*");
    }

    @Override
    void hadAll(List<Death.Call> calls) {
      assertThat(calls).hasSizeBetween(1, 2);
    }

    @Override
    void ended(BatchJobStatus status, List<Job> workerJobs) {
      assertThat(status.failedAttempts()).isEqualTo(2);
      var lost = Objects.requireNonNull(status.workers()).lost();
      assertThat(lost).isBetween(1, 2);
      var attempts = new TreeMap<Integer, Integer>();
      names(workerJobs)
          .forEach(name -> attempts.merge(Names.worker(name).orElseThrow(), 1, Integer::sum));
      assertThat(attempts.keySet()).containsExactly(0, 1);
      // Each loss is replaced once, by the next attempt. One that the job's end overtakes while it
      // starts is deleted.
      assertThat(workerJobs).hasSizeBetween(2 + 1, 2 + lost);
      attempts.forEach(
          (worker, count) ->
              assertThat(names(workerJobs))
                  .contains(Names.workerJob("crash-now", worker, count - 1)));
    }
  },

  /** Cancelled by the user in the middle: its Jobs are deleted. */
  STOPPED("Cancelled", -1) {
    @Override
    boolean counts(Death.Call call, BatchJob job) {
      return Boolean.TRUE.equals(job.getSpec().cancel());
    }

    @Override
    void act(KubernetesClient user, BatchJob job) {
      var status = job.getStatus();
      if (!Boolean.TRUE.equals(job.getSpec().cancel())
          && status != null
          && status.batches() != null
          && status.batches().succeeded() > 0) {
        user.resource(job)
            .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"cancel\":true}}");
      }
    }

    @Override
    void hadAll(List<Death.Call> calls) {
      assertThat(calls).anyMatch(Death.Call::isOfResults);
      assertThat(texts(calls))
          .anyMatch(call -> call.startsWith("PUB end."))
          .anyMatch(call -> call.matches("DELETE .*/jobs/crash-now-0-0"))
          .anyMatch(call -> call.matches("DELETE .*/jobs/crash-now-1-0"));
    }

    @Override
    void ended(BatchJobStatus status, List<Job> workerJobs) {
      assertThat(status.failedAttempts()).isZero();
      assertThat(Objects.requireNonNull(status.batches()).remaining()).isPositive();
      // Of those that were told before they were deleted, the finished Jobs stay.
      assertThat(workerJobs).allMatch(CrashScenario::isFinished);
    }
  },

  /** From the submission to the end. */
  PLAIN("Complete", 6) {
    @Override
    boolean counts(Death.Call call, BatchJob job) {
      return true;
    }

    @Override
    void hadAll(List<Death.Call> calls) {
      assertThat(calls).anyMatch(Death.Call::isOfResults);
      assertThat(texts(calls))
          .anyMatch(call -> call.matches("PUB work\\..*\\.[0-9]+"))
          .anyMatch(call -> call.matches("PUB work\\..*\\.final"))
          .anyMatch(call -> call.startsWith("PUB end."))
          .anyMatch(call -> call.contains(" $JS.API.CONSUMER.") && call.contains("CREATE.WORK."))
          .anyMatch(call -> call.startsWith("PUB $JS.API.STREAM.PURGE"))
          .anyMatch(call -> call.startsWith("PUB $JS.API.CONSUMER.DELETE"))
          .anyMatch(call -> call.matches("PATCH .*/batchjobs/crash-now/status"));
    }
  };

  final String reason;
  private final int succeeded;

  CrashScenario(String reason, int succeeded) {
    this.reason = reason;
    this.succeeded = succeeded;
  }

  String file() {
    return "crash/%s.yaml".formatted(name().toLowerCase(Locale.ROOT));
  }

  /** Whether the operator is to die of this call once. */
  abstract boolean counts(Death.Call call, BatchJob job);

  /** What the user does meanwhile; called again and again. */
  void act(KubernetesClient user, BatchJob job) {}

  /** That the calls which the scenario is about were among those that were counted. */
  abstract void hadAll(List<Death.Call> calls);

  void ended(BatchJobStatus status, List<Job> workerJobs) {
    assertThat(status.failedAttempts()).isZero();
    assertThat(Objects.requireNonNull(status.workers()).lost()).isZero();
    assertThat(names(workerJobs)).containsExactlyInAnyOrder("crash-now-0-0", "crash-now-1-0");
  }

  /** That the job ended as if nothing had been. */
  void check(KubernetesClient user, BatchJob job) {
    var status = job.getStatus();
    assertThat(
            Objects.requireNonNull(status.conditions()).stream()
                .filter(c -> c.type().equals("Complete") || c.type().equals("Failed"))
                .map(c -> c.reason())
                .toList())
        .containsExactly(reason);
    if (succeeded >= 0) {
      var batches = Objects.requireNonNull(status.batches());
      assertThat(batches.succeeded()).isEqualTo(succeeded);
      assertThat(batches.remaining()).isZero();
    }
    results(user, job);
    // What was deleted is gone a moment later.
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> ended(status, workerJobs(user, job.getMetadata().getNamespace())));
  }

  /** A line for each batch that has an outcome, in their order, as each has one item. */
  private static void results(KubernetesClient user, BatchJob job) {
    var status = job.getStatus();
    var batches = Objects.requireNonNull(status.batches());
    assertThat(Objects.requireNonNull(status.output()).configMap()).isEqualTo("crash-now-results");
    var files =
        user.configMaps()
            .inNamespace(job.getMetadata().getNamespace())
            .withName("crash-now-results")
            .get()
            .getData();
    var results = files.getOrDefault("results.jsonl", "?").lines().toList();
    assertThat(results).hasSize(batches.succeeded());
    assertThat(results.stream().map(line -> number(line, "item")).toList())
        .isSorted()
        .doesNotHaveDuplicates();
    assertThat(results).allMatch(line -> number(line, "item") == number(line, "result"));
    assertThat(files.getOrDefault("errors.jsonl", "?").lines()).hasSize(batches.failed());
  }

  private static int number(String line, String field) {
    var found = Pattern.compile("\"%s\":([0-9]+)".formatted(field)).matcher(line);
    assertThat(found.find()).as(line).isTrue();
    return Integer.parseInt(found.group(1));
  }

  private static List<Job> workerJobs(KubernetesClient user, String namespace) {
    return user.batch().v1().jobs().inNamespace(namespace).list().getItems();
  }

  private static List<String> names(List<Job> jobs) {
    return jobs.stream().map(job -> job.getMetadata().getName()).toList();
  }

  private static boolean isFinished(Job job) {
    var conditions = job.getStatus().getConditions();
    return conditions != null
        && conditions.stream()
            .anyMatch(
                c ->
                    Set.of("Complete", "Failed").contains(c.getType())
                        && c.getStatus().equals("True"));
  }

  private static List<String> texts(List<Death.Call> calls) {
    return calls.stream().map(Death.Call::toString).toList();
  }
}
