package dev.batchapi.operator.job.accept;

import dev.batchapi.contract.Sha256;
import dev.batchapi.crds.Limits;
import dev.batchapi.data.files.RerunBatch;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.split.ChunkSink;
import dev.batchapi.data.split.Folders;
import dev.batchapi.data.split.SplitEnd;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.operator.job.split.SplitResult;
import dev.batchapi.operator.pod.FrozenSplit;
import dev.batchapi.operator.pod.TamperedException;
import dev.batchapi.operator.queue.ProgramQueue;
import dev.batchapi.operator.status.Reason;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.QueueFullException;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.Splits;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes down the batches of jobs that run items of earlier ones again, where a splitter writes
 * those of files: from there on they are a job like others, whatever becomes of the earlier one. A
 * few at a time and beside everything else, for many outcomes take their time to read; of each
 * namespace one at a time, so that none makes the others wait for all of its own.
 */
public final class Reruns {
  /** A small job's are written in this time: no second reconcile is needed for them. */
  private static final long PATIENCE_MILLIS = 300;

  private static final Duration FULL_RETRY = Duration.ofMinutes(1);

  private final ProgramQueue queue;
  private final Supplier<Ledger> ledger;
  private final Turns turns;
  private final LongSupplier nanos;
  private final Map<String, Started> jobs = new ConcurrentHashMap<>();

  /** What is being written. */
  private static final class Started {
    private final String what;
    private final CompletableFuture<SplitResult> result = new CompletableFuture<>();
    private volatile boolean unwanted;

    /** When it found the queue full; null: it did not. */
    private volatile @Nullable Long full;

    Started(String what) {
      this.what = what;
    }

    /** Asked at each outcome and each batch: what nobody waits for must not hold a thread. */
    void check() {
      if (unwanted) {
        throw new CancellationException("nobody wants it any more");
      }
    }
  }

  /** What is wanted. */
  record Wanted(String uid, int batchSize, List<String> folders, boolean mayReadFiles) {}

  /**
   * @param ledger as it can be reached now, or a {@link QueueUnavailableException}
   * @param executor runs what may take long; how many at a time bounds how much is in memory
   * @param nanos a clock
   */
  public Reruns(
      ProgramQueue queue, Supplier<Ledger> ledger, Executor executor, LongSupplier nanos) {
    this.queue = queue;
    this.ledger = ledger;
    this.turns = new Turns(executor);
    this.nanos = nanos;
  }

  /** Looks how far it is, and begins if nobody has. One caller per job at a time. */
  SplitResult next(EarlierJob earlier, Wanted wanted, KubernetesClient client) {
    var what = "%s %s %s".formatted(earlier.frozen().uid(), earlier.of(), wanted);
    try {
      var started = jobs.get(wanted.uid());
      if (started == null
          || !started.what.equals(what)
          || isCleared(wanted.uid(), started)
          || isDueAgain(started)) {
        forget(wanted.uid());
        started = begin(earlier, wanted, what, client);
      }
      var result = started.result.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      if (!(result instanceof SplitResult.Done) && started.full == null) {
        jobs.remove(wanted.uid()); // the next look begins again
      }
      return result;
    } catch (QueueUnavailableException e) {
      return new SplitResult.Underway(Reason.QueueUnavailable, String.valueOf(e.getMessage()));
    } catch (TimeoutException e) {
      return new SplitResult.Underway(
          Reason.Splitting,
          "The items of BatchJob \"%s\" that are run again are being found."
              .formatted(earlier.name()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped", e);
    } catch (CancellationException e) { // the next look begins again
      return new SplitResult.Underway(Reason.Splitting, "It begins again.");
    } catch (ExecutionException e) {
      jobs.remove(wanted.uid());
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private Started begin(EarlierJob earlier, Wanted wanted, String what, KubernetesClient client) {
    var started = new Started(what);
    jobs.put(wanted.uid(), started);
    turns.execute(
        earlier.frozen().namespace(),
        () -> {
          try {
            started.result.complete(write(earlier, wanted, started, client));
          } catch (Throwable e) {
            started.result.completeExceptionally(e);
          }
        });
    return started;
  }

  /** All outcomes are read each time, which is not to be done at each look. */
  private boolean isDueAgain(Started started) {
    var full = started.full;
    return full != null && nanos.getAsLong() - full >= FULL_RETRY.toNanos();
  }

  private boolean isCleared(String uid, Started started) {
    return started.result.isDone()
        && !started.result.isCompletedExceptionally()
        && started.result.join() instanceof SplitResult.Done(var end, _)
        && queue.splits().written(uid, Splits.OWNER) != end.chunks().size() + 1;
  }

  /** The job is accepted, has ended, or is gone: what is still being written for it is stopped. */
  public void forget(String uid) {
    var started = jobs.remove(uid);
    if (started != null) {
      started.unwanted = true;
    }
  }

  private SplitResult write(
      EarlierJob earlier, Wanted wanted, Started started, KubernetesClient client) {
    try {
      started.check();
      var items = new RerunItems(earlier.frozen().run(), earlier.of());
      ledger
          .get()
          .outcomesWhile(
              earlier.frozen().uid(),
              (index, outcome) -> !started.unwanted && items.read(index, outcome));
      started.check();
      items.readAll();
      return unfit(earlier, items).orElseGet(() -> write(earlier, items, wanted, started, client));
    } catch (QueueFullException e) {
      started.full = nanos.getAsLong();
      return new SplitResult.Underway(
          Reason.StorageUnavailable,
          "The queue has no room for where the job's items are: %s. It is tried again."
              .formatted(e.getMessage()));
    } catch (QueueUnavailableException e) {
      return new SplitResult.Underway(Reason.QueueUnavailable, String.valueOf(e.getMessage()));
    } catch (InputException e) {
      return new SplitResult.Bad(Reason.InputInvalid, String.valueOf(e.getMessage()));
    } catch (TamperedException e) {
      return impossible(earlier, "its input is not as it was (%s)".formatted(e.getMessage()));
    }
  }

  /** Outcomes that are gone must not be taken for work that was never done. */
  private static Optional<SplitResult> unfit(EarlierJob earlier, RerunItems items) {
    if (items.tooMany()) {
      return Optional.of(
          impossible(
              earlier,
              "it has %,d items, and of more than %,d those that failed alone are not told apart (of: Unfinished is possible)"
                  .formatted(earlier.frozen().run().items(), RerunItems.MOST_ITEMS)));
    }
    var said = earlier.batches();
    if (items.succeeded() != said.succeeded() || items.failed() != said.failed()) {
      return Optional.of(
          impossible(
              earlier,
              "the queue has the outcomes of %,d of its batches, and had those of %,d when it ended"
                  .formatted(
                      items.succeeded() + items.failed(), said.succeeded() + said.failed())));
    }
    if (items.count() > 0) {
      return Optional.empty();
    }
    var none =
        switch (earlier.of()) {
          case Failed -> "no item that failed";
          case Unfinished -> "no item without an outcome";
          case Both -> "no item that failed, and none without an outcome";
        };
    return Optional.of(
        new SplitResult.Bad(
            Reason.NothingToRerun,
            "BatchJob \"%s\" has %s: of its %,d batches %,d succeeded, %,d failed and %,d have no outcome. There is nothing to run again."
                .formatted(
                    earlier.name(),
                    none,
                    said.total(),
                    said.succeeded(),
                    said.failed(),
                    said.remaining())));
  }

  private static SplitResult impossible(EarlierJob earlier, String why) {
    return new SplitResult.Bad(
        Reason.RerunImpossible,
        EarlierJob.impossibleBecause(
            "BatchJob \"%s\" can't be run again, for %s".formatted(earlier.name(), why)));
  }

  /**
   * The same records each time, for the outcomes of a finished job do not change: what a death has
   * left is gone on with.
   */
  private SplitResult write(
      EarlierJob earlier,
      RerunItems items,
      Wanted wanted,
      Started started,
      KubernetesClient client) {
    Limits.checkBatches(items.count(), wanted.batchSize())
        .ifPresent(
            problem -> {
              throw new InputException(problem.message());
            });
    var splits = queue.splits();
    var count = new int[1];
    var kept = new long[1];
    var chunks =
        new ChunkSink(
            (number, lines) -> {
              write(splits, wanted.uid(), Integer.toString(number), lines);
              kept[0] += lines.length;
            });
    var batches = FrozenInput.of(earlier.job(), earlier.frozen(), queue::splits, client);
    try {
      items.cut(
          batches,
          wanted.batchSize(),
          (index, batch) -> {
            started.check();
            check(batch, wanted);
            chunks.batch(index, batch.toJson());
            count[0]++;
          });
      var split = earlier.frozen().pod().split();
      var files = split == null ? 0 : split.files();
      var bytes = split == null ? 0 : split.bytes();
      var end =
          new SplitEnd(
              Sha256.hex(started.what), files, bytes, items.count(), count[0], chunks.end(), null);
      var record = end.toJson();
      write(splits, wanted.uid(), SplitEnd.NAME, record);
      started.check();
      return new SplitResult.Done(
          end, new FrozenSplit(Splits.OWNER, Sha256.hex(record), files, bytes, kept[0]));
    } catch (CancellationException e) {
      splits.forget(wanted.uid()); // the job may have been looked at for the last time
      throw e;
    } catch (OtherRecordException e) {
      splits.forget(wanted.uid());
      return new SplitResult.Underway(
          Reason.Splitting, "What was written before is of another batchSize: it begins again.");
    }
  }

  /** Who may read what is the BatchAPI's author's word, and today's. */
  private static void check(RerunBatch batch, Wanted wanted) {
    for (var piece : batch.pieces()) {
      for (var part : piece.from().parts()) {
        if (!wanted.mayReadFiles()) {
          throw new InputException(
              "The earlier job reads files, and its BatchAPI has no spec.storage any more.");
        }
        if (wanted.folders().isEmpty() && part.url().startsWith("http")) {
          throw new InputException(
              "The earlier job reads \"%s\", and its BatchAPI names no web server in spec.storage.paths any more."
                  .formatted(StoredFile.name(part.url())));
        }
        Folders.check(part.file(), wanted.folders())
            .ifPresent(
                message -> {
                  throw new InputException(message);
                });
      }
    }
  }

  private static void write(Splits splits, String uid, String name, byte[] record) {
    splits.write(uid, name, record);
    var there = splits.read(uid, Splits.OWNER, name);
    if (there == null || !Sha256.hex(there).equals(Sha256.hex(record))) {
      throw new OtherRecordException();
    }
  }

  /** Something else has the name. */
  private static final class OtherRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OtherRecordException() {
      super(null, null, false, false);
    }
  }

  /** The batches as people are shown them: the items, or of files their places. */
  static Batches shown(Batches batches) {
    return Batches.of(
        batches.count(),
        index -> {
          var record = batches.payload(index);
          var carried = RerunBatch.read(record).carried();
          return carried == null ? record : carried;
        });
  }
}
