package dev.batchapi.cli.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.data.input.Input;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.results.BatchItems;
import dev.batchapi.data.results.LargeJson;
import dev.batchapi.data.results.ResultLines;
import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Writes a job's outcomes as {@link ResultLines}, by index: while the job runs those before which
 * none is missing, and the others when it has ended.
 */
final class OutcomeWriter implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PAUSE = Duration.ofMillis(50);

  /** Of lines that nobody writes. */
  private static final BatchItems NONE = BatchItems.of("null".getBytes(StandardCharsets.UTF_8));

  /** Bytes of a result that is taken apart in memory, several times its size. */
  private static final int IN_MEMORY = 1 << 20;

  private final ResultFiles.Job job;
  private final Ledger ledger;
  private final Input input;
  private final @Nullable LineSink results;
  private final @Nullable LineSink errors;
  private final ResultLines lines;
  private final Thread thread;
  private volatile boolean ended;
  private boolean following;
  private int next;

  /** Whether a line of the batch that is written has gone out: it can't be written again. */
  private boolean begun;

  private @Nullable Throwable problem;

  /** A store's words, once it was away. */
  private @Nullable String away;

  /**
   * Begins to write.
   *
   * @param results null for none
   * @param errors null for none
   * @param follow whether anything is written before the end
   */
  OutcomeWriter(
      ResultFiles.Job job,
      Ledger ledger,
      Input input,
      @Nullable LineSink results,
      @Nullable LineSink errors,
      boolean follow) {
    this.job = job;
    this.ledger = ledger;
    this.input = input;
    this.results = results;
    this.errors = errors;
    lines = new ResultLines(job.name(), input, job.perItem());
    thread = Thread.ofPlatform().daemon().name("results").unstarted(this::follow);
    following = follow;
    if (follow) {
      thread.start();
    }
  }

  private void follow() {
    try {
      while (!ended) {
        var outcome = next < input.count() ? ledger.outcome(job.id(), next) : null;
        if (outcome == null) {
          Thread.sleep(PAUSE);
        } else {
          add(next, outcome);
          next++;
          begun = false;
        }
      }
    } catch (InterruptedException | IOException | RuntimeException | Error e) {
      // No batch is lost by it. A store may be there again when the job has ended, and memory, and
      // room on a disk: what is not begun is tried once more then.
      problem = begun ? e : null;
    }
  }

  /**
   * The job has ended: what is left of it is written.
   *
   * @throws IOException if something could not be written, now or before
   */
  void finish() throws IOException {
    close();
    following = false;
    switch (problem) {
      case null -> {}
      case IOException own -> throw own;
      case RuntimeException own -> throw own;
      default -> throw new IOException("results can't be written: " + problem, problem);
    }
    for (; (results != null || errors != null) && next < input.count(); next++) {
      var outcome = ledger.outcome(job.id(), next);
      if (outcome != null) {
        add(next, outcome);
      }
    }
  }

  /** Nothing is written any more. */
  @Override
  public void close() {
    ended = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void add(int index, Outcome outcome) throws IOException {
    begun = false;
    switch (outcome.kind()) {
      case SUCCEEDED -> {
        if (results != null) {
          result(index, outcome.body(), results);
        }
      }
      case PARTIAL -> {
        var items = ItemOutcomes.fromJson(outcome.body());
        lines.items(
            index,
            input.firstItem(index),
            items.results(),
            items.errors().stream().map(OutcomeWriter::failed).toList(),
            errors == null && !job.withItems() ? NONE : payload(index),
            job.withItems(),
            results == null ? line -> {} : line -> write(results, line),
            errors == null ? line -> {} : line -> write(errors, line));
      }
      case FAILED -> {
        if (errors != null) {
          var error = BatchError.fromJson(outcome.body());
          var its = payload(index);
          lines.error(
              index,
              outcome.attempts(),
              JSON.valueToTree(error),
              error.reason().isOfInput() ? its.withoutReason() : its,
              line -> write(errors, line));
        }
      }
    }
  }

  private void result(int index, byte[] json, LineSink to) throws IOException {
    var first = input.firstItem(index);
    var items = input.itemsIn(index);
    // Of a batch that returned nothing there is no line.
    var its = job.withItems() && json.length > 0 ? payload(index) : null;
    if (json.length > IN_MEMORY) {
      try (var large = LargeJson.of(json)) {
        lines.result(index, first, items, large, its, line -> write(to, line));
      }
    } else if (its == null) {
      lines.result(index, first, items, json, line -> write(to, line));
    } else {
      lines.result(index, first, items, json, its, line -> write(to, line));
    }
  }

  private void write(LineSink to, byte[] line) throws IOException {
    begun = true;
    to.write(line);
  }

  private static ResultLines.FailedItem failed(ItemOutcomes.ItemError error) {
    return new ResultLines.FailedItem(
        error.item(), error.attempts(), JSON.valueToTree(error.error()));
  }

  /** What can't be read any more costs nothing but itself. */
  private BatchItems payload(int index) {
    if (away != null) {
      return BatchItems.unread(away);
    }
    try {
      return BatchItems.of(input.payload(index));
    } catch (StoreUnavailableException e) {
      if (following) {
        throw e;
      }
      away = String.valueOf(e.getMessage()); // each batch would wait for it anew
      return BatchItems.unread(away);
    } catch (InputException
        | FileChangedException
        | StoreRefusedException
        | UncheckedIOException e) {
      return BatchItems.unread(String.valueOf(e.getMessage()));
    }
  }
}
