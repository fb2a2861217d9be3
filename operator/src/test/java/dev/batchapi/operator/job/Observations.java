package dev.batchapi.operator.job;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.crds.JobInput;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.JobId;
import dev.batchapi.operator.pod.PodPlan;
import dev.batchapi.queue.Counts;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An accepted job of ten batches, as the tests want it. */
final class Observations {
  static final Instant ACCEPTED = Instant.parse("2026-01-01T00:00:00Z");

  int total = 10;
  @Nullable Integer maxFailed;
  @Nullable Integer startupSeconds;
  @Nullable Integer runSeconds;
  boolean suspend;
  boolean cancel;
  int wanted = 2;
  @Nullable BatchJobStatus before;
  Workers workers = new Workers(List.of(), Optional.empty());
  Optional<Counts> counts = Optional.of(Counts.NONE);
  Optional<String> queueTrouble = Optional.empty();
  Enqueuing.State enqueuing = new Enqueuing.Done();
  Instant now = ACCEPTED.plusSeconds(5);

  Observation seen() {
    var job = new BatchJob();
    job.setMetadata(
        new ObjectMetaBuilder()
            .withName("j")
            .withNamespace("n")
            .withUid("uid")
            .withGeneration(1L)
            .build());
    job.setSpec(
        new BatchJobSpec(
            "api", wanted, new JobInput(null, null, total), null, suspend, cancel, null));
    job.setStatus(before);
    return new Observation(job, frozen(), workers, counts, queueTrouble, enqueuing, List.of(), now);
  }

  private FrozenJob frozen() {
    var run =
        new RunSpec(
            new RunSpec.Job("uid", "j", "n", "api", wanted, ACCEPTED.toString()),
            new RunSpec.Handler(RunSpec.Language.PYTHON, "handler.py", true, "Handler", List.of()),
            JsonNodeFactory.instance.objectNode(),
            1,
            total,
            total,
            new RunSpec.Retry(3, 1, 60),
            new RunSpec.Timeouts(startupSeconds, null, runSeconds),
            maxFailed,
            new RunSpec.Metrics(null, null, Map.of()));
    var pod =
        new PodPlan(
            RunSpec.Language.PYTHON,
            "worker",
            "handler",
            null,
            null,
            null,
            null,
            null,
            List.of(),
            null,
            null,
            null,
            null,
            null,
            "nats://nats:4222",
            15,
            Map.of(),
            Map.of());
    return FrozenJob.of(new JobId("n", "j", "uid"), run, pod);
  }

  static Counts counts(int succeeded, int failed) {
    return new Counts(succeeded, failed, failed, 0, Optional.empty(), Optional.empty());
  }

  static Worker worker(int slot, WorkerState state) {
    return worker(slot, 0, state);
  }

  /** One of which so many before it in its place were lost, without any progress. */
  static Worker worker(int slot, int losses, WorkerState state) {
    return worker(slot, losses, 0, state);
  }

  /** The same, made when the job's progress was as given. */
  static Worker worker(int slot, int losses, int progress, WorkerState state) {
    return new Worker(
        "j-%d-%d".formatted(slot, losses),
        slot,
        losses,
        new Worker.InARow(losses, 0),
        progress,
        ACCEPTED,
        state,
        false);
  }

  static Workers workers(Worker... all) {
    return new Workers(List.of(all), Optional.empty());
  }
}
