package dev.batchapi.operator.job.collect;

import dev.batchapi.data.collect.CollectArguments;
import dev.batchapi.data.collect.CollectEnd;
import dev.batchapi.data.collect.CollectProgress;
import dev.batchapi.operator.job.program.ProgramProgress;
import dev.batchapi.operator.job.program.ProgramRecords;
import dev.batchapi.operator.pod.ProgramPlan;
import dev.batchapi.operator.queue.ProgramQueue;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.regex.Pattern;

/** What collectors have written: each how it went, and how far it is. */
final class CollectRecords implements ProgramRecords<CollectEnd> {
  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

  private final ProgramQueue queue;

  CollectRecords(ProgramQueue queue) {
    this.queue = queue;
  }

  @Override
  public Optional<CollectEnd> done(ProgramPlan plan, int attempt) {
    return read(plan, attempt).filter(end -> end.error() == null);
  }

  @Override
  public Optional<CollectEnd> refused(ProgramPlan plan, int attempt) {
    return read(plan, attempt).filter(end -> end.error() != null);
  }

  private Optional<CollectEnd> read(ProgramPlan plan, int attempt) {
    var record = queue.splits().collected(plan.job().uid(), attempt);
    if (record == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(CollectEnd.read(record))
          .filter(end -> end.arguments().equals(plan.digest()))
          .filter(end -> end.error() != null || isSensible(end));
    } catch (UncheckedIOException | NullPointerException e) {
      return Optional.empty();
    }
  }

  private static boolean isSensible(CollectEnd end) {
    return end.files() >= 0
        && end.lines() >= 0
        && end.bytes() >= 0
        && end.manifest() != null
        && SHA_256.matcher(end.manifest()).matches();
  }

  @Override
  public Optional<ProgramProgress> progress(ProgramPlan plan, int attempt) {
    var said = queue.splits().collectProgress(plan.job().uid(), attempt);
    if (said == null) {
      return Optional.empty();
    }
    var batches = CollectArguments.read(plan.arguments()).totalBatches();
    try {
      return Optional.of(CollectProgress.read(said.body()))
          .filter(p -> p.batches() >= 0 && p.batches() <= batches)
          .filter(p -> p.files() >= 0 && p.bytes() >= 0)
          .map(
              progress ->
                  new ProgramProgress(
                      "The results are being written: %,d of %,d batches, %s so far"
                          .formatted(
                              progress.batches(), batches, ProgramProgress.size(progress.bytes())),
                      ProgramProgress.percent(progress.batches(), batches),
                      said.at()));
    } catch (UncheckedIOException e) {
      return Optional.empty();
    }
  }

  @Override
  public String working(ProgramPlan plan) {
    return "The results are being written.";
  }

  /** Where the batches of files lie stays, for every collector reads it. */
  @Override
  public void clear(ProgramPlan plan) {
    queue.splits().forgetProgress(plan.job().uid());
  }
}
