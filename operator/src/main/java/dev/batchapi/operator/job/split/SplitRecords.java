package dev.batchapi.operator.job.split;

import dev.batchapi.contract.Sha256;
import dev.batchapi.data.split.ChunkSink;
import dev.batchapi.data.split.SplitArguments;
import dev.batchapi.data.split.SplitEnd;
import dev.batchapi.data.split.SplitProgress;
import dev.batchapi.operator.job.program.ProgramProgress;
import dev.batchapi.operator.job.program.ProgramRecords;
import dev.batchapi.operator.pod.Labels;
import dev.batchapi.operator.pod.ProgramPlan;
import dev.batchapi.operator.queue.ProgramQueue;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What splitters have written. What one has begun another does not go on with: the files may be
 * others by then.
 */
final class SplitRecords implements ProgramRecords<SplitRecords.Said> {
  private final ProgramQueue queue;

  SplitRecords(ProgramQueue queue) {
    this.queue = queue;
  }

  /**
   * A splitter's last record.
   *
   * @param digest of the record
   */
  record Said(SplitEnd end, String digest) {}

  @Override
  public Map<String, String> annotations(ProgramPlan plan) {
    return SplitArguments.read(plan.arguments()).freesFolder()
        ? Map.of(Labels.FREES_FOLDER, "true")
        : Map.of();
  }

  @Override
  public Optional<Said> done(ProgramPlan plan, int attempt) {
    return read(plan, attempt)
        .filter(said -> said.end().error() == null)
        .filter(said -> isWhole(plan.job().uid(), attempt, said.end()));
  }

  @Override
  public Optional<Said> refused(ProgramPlan plan, int attempt) {
    return read(plan, attempt).filter(said -> said.end().error() != null);
  }

  private Optional<Said> read(ProgramPlan plan, int attempt) {
    var record = queue.splits().read(plan.job().uid(), attempt, SplitEnd.NAME);
    if (record == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Said(SplitEnd.read(record), Sha256.hex(record)))
          .filter(said -> said.end().arguments().equals(plan.digest()))
          .filter(said -> said.end().error() != null || isSensible(said.end(), plan));
    } catch (UncheckedIOException | NullPointerException e) {
      return Optional.empty();
    }
  }

  private static boolean isSensible(SplitEnd end, ProgramPlan plan) {
    if (!hasFiles(plan)) {
      return end.files() == 0 && end.items() == 0 && end.chunks().isEmpty();
    }
    return end.files() > 0
        && end.items() > 0
        && end.bytes() >= 0
        && !end.chunks().isEmpty()
        && end.chunks().size() <= ChunkSink.MOST_CHUNKS;
  }

  private static boolean hasFiles(ProgramPlan plan) {
    return SplitArguments.read(plan.arguments()).files() != null;
  }

  /** Whether all that it names is there, and nothing else: the queue may have lost some of it. */
  private boolean isWhole(String uid, int attempt, SplitEnd end) {
    return queue.splits().written(uid, attempt) == end.chunks().size() + 1;
  }

  /** What it says itself; and if that got lost, what it has written. */
  @Override
  public Optional<ProgramProgress> progress(ProgramPlan plan, int attempt) {
    return said(plan, attempt).or(() -> written(plan, attempt));
  }

  private Optional<ProgramProgress> said(ProgramPlan plan, int attempt) {
    var said = hasFiles(plan) ? queue.splits().splitProgress(plan.job().uid(), attempt) : null;
    if (said == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(SplitProgress.read(said.body()))
          .filter(SplitRecords::isSensible)
          .map(progress -> told(progress, said.at()));
    } catch (UncheckedIOException e) {
      return Optional.empty();
    }
  }

  private static boolean isSensible(SplitProgress said) {
    return said.files() >= 0
        && said.bytes() >= 0
        && said.items() >= 0
        && said.batches() >= 0
        && (said.allFiles() == 0 || said.files() <= said.allFiles())
        && said.bytes() <= Math.max(0, said.allBytes());
  }

  private static ProgramProgress told(SplitProgress said, Instant at) {
    if (said.allFiles() <= 0) {
      var found = "The files are being found: %,d so far".formatted(said.files());
      return new ProgramProgress(found, null, at);
    }
    var percent =
        said.allBytes() > 0
            ? ProgramProgress.percent(said.bytes(), said.allBytes())
            : ProgramProgress.percent(said.files(), said.allFiles());
    return new ProgramProgress(
        "The files are being read: %,d of %,d, %s of %s, with %,d items in %,d batches so far"
            .formatted(
                said.files(),
                said.allFiles(),
                ProgramProgress.size(said.bytes()),
                ProgramProgress.size(said.allBytes()),
                said.items(),
                said.batches()),
        percent,
        at);
  }

  private Optional<ProgramProgress> written(ProgramPlan plan, int attempt) {
    var parts = queue.splits().written(plan.job().uid(), attempt);
    return parts == 0
        ? Optional.empty()
        : Optional.of(
            new ProgramProgress(
                "The files are being cut into batches: %d parts of the list of batches are written"
                    .formatted(parts),
                null,
                null));
  }

  @Override
  public String working(ProgramPlan plan) {
    return hasFiles(plan)
        ? "The files are being found and read."
        : "The folder of the output is being looked at.";
  }

  /** Of those before, and of Jobs that were deleted. */
  @Override
  public void clear(ProgramPlan plan) {
    queue.splits().forget(plan.job().uid());
    queue.splits().forgetProgress(plan.job().uid());
  }
}
