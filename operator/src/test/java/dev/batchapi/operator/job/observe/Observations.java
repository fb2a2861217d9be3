package dev.batchapi.operator.job.observe;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.batchapi.contract.RunSpec;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.BatchJobSpec;
import dev.batchapi.crds.BatchJobStatus;
import dev.batchapi.crds.JobInput;
import dev.batchapi.operator.pod.FrozenJob;
import dev.batchapi.operator.pod.FrozenOutput;
import dev.batchapi.operator.pod.FrozenSplit;
import dev.batchapi.operator.pod.JobId;
import dev.batchapi.operator.pod.PodPlan;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.Waiting;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An accepted job of ten batches, as the tests want it. */
public final class Observations {
  public static final Instant ACCEPTED = Instant.parse("2026-01-01T00:00:00Z");

  public int total = 10;
  public int batchSize = 1;
  public String uid = "uid";
  public @Nullable Integer maxFailed;
  public @Nullable Integer startupSeconds;
  public @Nullable Integer runSeconds;
  public boolean suspend;
  public boolean cancel;
  public @Nullable String output;
  public @Nullable FrozenSplit split;
  public RunSpec.@Nullable Rerun rerun;
  public int wanted = 2;
  public @Nullable BatchJobStatus before;
  public Workers workers = new Workers(List.of(), Optional.empty());
  public Optional<Counts> counts = Optional.of(Counts.NONE);
  public Optional<String> queueTrouble = Optional.empty();
  public Optional<String> storeTrouble = Optional.empty();
  public EnqueuingState enqueuing = new EnqueuingState.Done();
  public Optional<Waiting> waiting = Optional.empty();
  public Instant now = ACCEPTED.plusSeconds(5);

  public Observation seen() {
    var job = new BatchJob();
    job.setMetadata(
        new ObjectMetaBuilder()
            .withName("j")
            .withNamespace("n")
            .withUid(uid)
            .withGeneration(1L)
            .build());
    job.setSpec(
        new BatchJobSpec(
            "api",
            wanted,
            new JobInput(null, null, total * batchSize, null),
            null,
            null,
            suspend,
            cancel,
            null));
    job.setStatus(before);
    return new Observation(
        job,
        frozen(),
        workers,
        counts,
        queueTrouble,
        enqueuing,
        List.of(),
        waiting,
        storeTrouble,
        now);
  }

  /** The job as it was accepted. */
  public FrozenJob frozen() {
    var run =
        new RunSpec(
            new RunSpec.Job(uid, "j", "n", "api", wanted, ACCEPTED.toString()),
            new RunSpec.Handler(RunSpec.Language.PYTHON, "handler.py", true, "Handler", List.of()),
            JsonNodeFactory.instance.objectNode(),
            batchSize,
            total * batchSize,
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
            Map.of(),
            split,
            null,
            output == null ? null : new FrozenOutput(List.of(), "store", null),
            null);
    var again = rerun == null ? run : run.withRerun(rerun);
    return FrozenJob.of(
        new JobId("n", "j", uid),
        output == null ? again : again.withOutput(new RunSpec.Output(output, List.of())),
        pod);
  }

  public static Counts counts(int succeeded, int failed) {
    return new Counts(succeeded, failed, failed, 0, Optional.empty(), Optional.empty());
  }

  public static WorkerJob worker(int slot, WorkerState state) {
    return worker(slot, 0, state);
  }

  /** One of which so many before it in its place were lost, without any progress. */
  public static WorkerJob worker(int slot, int losses, WorkerState state) {
    return worker(slot, losses, 0, state);
  }

  /** The same, made when the job's progress was as given. */
  public static WorkerJob worker(int slot, int losses, int progress, WorkerState state) {
    return new WorkerJob(
        "j-%d-%d".formatted(slot, losses),
        slot,
        losses,
        new WorkerJob.InARow(losses, 0),
        progress,
        ACCEPTED,
        state,
        false);
  }

  public static Workers workers(WorkerJob... all) {
    return new Workers(List.of(all), Optional.empty());
  }
}
