package dev.batchapi.operator.job.accept;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.JobPhase;
import dev.batchapi.crds.run.Freeze;
import dev.batchapi.data.input.InputException;
import dev.batchapi.operator.job.split.SplitResult;
import dev.batchapi.operator.status.Reason;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Accepts jobs whose batches a splitter writes down, or follow from an earlier job's. */
final class CutInput {
  private final Freezing freezing;
  private final Reruns reruns;

  CutInput(Freezing freezing, Reruns reruns) {
    this.freezing = freezing;
    this.reruns = reruns;
  }

  /**
   * Only of a job that could be accepted otherwise anything outside of the cluster is touched, and
   * the outcomes of another job are read.
   */
  Draft freeze(
      BatchJob job,
      BatchApi api,
      Optional<OutputTarget> output,
      Optional<SplitInput> outside,
      Optional<EarlierJob> earlier,
      Splitters splitters,
      KubernetesClient client,
      Instant now) {
    outside
        .flatMap(SplitInput::problem)
        .ifPresent(
            message -> {
              throw new InputException(message);
            });
    freezing.freeze(job, api, output, cut(SplitInput.UNKNOWN, job, earlier), client, now);
    // What can't be run again must not have taken the folder of an output.
    earlier.ifPresent(
        asked -> done(reruns.next(asked, wanted(job, api), client), Reason.Splitting));
    var looked = outside.map(asked -> look(job, asked, splitters)).orElse(SplitInput.UNKNOWN);
    // Again, for a splitter that begins clears what is written.
    var done =
        earlier
            .map(asked -> done(reruns.next(asked, wanted(job, api), client), Reason.Splitting))
            .orElse(looked);
    return freezing.freeze(job, api, output, cut(done, job, earlier), client, now);
  }

  private static SplitResult.Done look(BatchJob job, SplitInput outside, Splitters splitters) {
    if (Boolean.TRUE.equals(job.getSpec().suspend())) {
      splitters.hold();
      throw new Stop(
          new Acceptance.Waiting(
              Reason.Suspended,
              "spec.suspend is true: files and output are looked at when it is false."));
    }
    return done(
        splitters.next(outside.plan()),
        outside.hasFiles() ? Reason.Splitting : Reason.CheckingOutput);
  }

  private static SplitResult.Done done(SplitResult result, Reason underway) {
    return switch (result) {
      case SplitResult.Done done -> done;
      case SplitResult.Underway(var reason, var message, var percent) ->
          throw new Stop(
              new Acceptance.Waiting(
                  reason == Reason.Splitting ? underway : reason,
                  message,
                  underway == Reason.Splitting ? JobPhase.SPLITTING : JobPhase.CHECKING,
                  percent));
      case SplitResult.Bad(var reason, var message, var left, _) ->
          throw new Stop(new Acceptance.Rejected(reason, message, left));
    };
  }

  /** Empty if the operator itself knows the batches. */
  private static Optional<Cut> cut(
      SplitResult.Done done, BatchJob job, Optional<EarlierJob> earlier) {
    if (earlier.isPresent()) {
      var run = earlier.get().frozen().run();
      return Optional.of(new Cut(done, run.files(), earlier.get().rerun()));
    }
    return Optional.ofNullable(job.getSpec().input().files())
        .map(files -> new Cut(done, SplitInput.json(files), null));
  }

  private static Reruns.Wanted wanted(BatchJob job, BatchApi api) {
    var storage = api.getSpec().storage();
    return new Reruns.Wanted(
        job.getMetadata().getUid(),
        Freeze.batchSize(api.getSpec(), job.getSpec()),
        storage == null ? List.of() : Objects.requireNonNullElse(storage.paths(), List.of()),
        storage != null);
  }
}
