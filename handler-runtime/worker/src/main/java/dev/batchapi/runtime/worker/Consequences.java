package dev.batchapi.runtime.worker;

import dev.batchapi.data.results.LargeJson;
import dev.batchapi.queue.BatchError;
import dev.batchapi.runtime.worker.WorkerExit.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a host's answer means for the batch, for its process, and for this worker. Used by the
 * worker's own thread.
 */
final class Consequences {
  private static final Logger LOG = LoggerFactory.getLogger("dev.batchapi.worker");

  private final Assignment job;
  private final ProcessHealth health;
  private final HostKeeper hosts;
  private final StopSignal signal;
  private final Waits waits;

  Consequences(
      Assignment job, ProcessHealth health, HostKeeper hosts, StopSignal signal, Waits waits) {
    this.waits = waits;
    this.job = job;
    this.health = health;
    this.hosts = hosts;
    this.signal = signal;
  }

  /** Of the answer to a whole batch; an exit if the worker ends with it. */
  Optional<WorkerExit> of(Settlement settlement, int attempt, Answer answer) {
    switch (answer) {
      case Answer.Result(var json) -> {
        health.succeeded();
        settlement.succeed(attempt, json);
      }
      case Answer.Large(var json) -> {
        health.succeeded();
        return put(settlement, settlement.succeed(attempt, ResultJson.of(value(json))));
      }
      case Answer.Items _, Answer.Later _ ->
          throw new IllegalArgumentException("it goes on, and has no consequences yet");
      case Answer.Failed(var error) ->
          health.failed(settlement.index(), settlement.fail(attempt, inSeconds(error)));
      case Answer.Broke(var error) -> {
        health.broke(Settlement.summary(error));
        var _ = settlement.fail(attempt, inSeconds(error));
      }
      case Answer.TimedOut _ -> {
        hosts.ended(inBatch("was ended by timeouts.batchSeconds", settlement, attempt));
        var _ = settlement.fail(attempt, timedOut());
      }
      case Answer.Died _ when signal.isAbandoned() -> {
        return Optional.of(released(settlement));
      }
      case Answer.Died(var how) -> {
        hosts.ended(inBatch("ended", settlement, attempt));
        var _ = settlement.fail(attempt, died(how));
      }
      case Answer.NeverStarted _ when signal.isAbandoned() -> {
        return Optional.of(released(settlement));
      }
      case Answer.NeverStarted(var how) -> {
        LOG.warn("{}", how);
        settlement.release(Duration.ZERO);
      }
    }
    return Optional.empty();
  }

  private static LargeJson.Part value(LargeJson json) {
    try {
      return json.value();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // of the worker's own disk
    }
  }

  /** What follows from putting a result away, or from giving up to do so. */
  Optional<WorkerExit> put(Settlement settlement, boolean done) {
    return done || !signal.isAbandoned() ? Optional.empty() : Optional.of(released(settlement));
  }

  /**
   * The error of items whose last attempt ended with their process: what the others returned is
   * kept. Empty if another attempt follows, or none was made.
   */
  Optional<BatchError> lastOfItems(Settlement settlement, int attempt, Answer answer) {
    if (attempt < job.retry().maxAttempts() || signal.isAbandoned()) {
      return Optional.empty();
    }
    return switch (answer) {
      case Answer.Broke(var error) -> {
        health.broke(Settlement.summary(error));
        yield Optional.of(inSeconds(error));
      }
      case Answer.TimedOut _ -> {
        hosts.ended(inBatch("was ended by timeouts.batchSeconds", settlement, attempt));
        yield Optional.of(timedOut());
      }
      case Answer.Died(var how) -> {
        hosts.ended(inBatch("ended", settlement, attempt));
        yield Optional.of(died(how));
      }
      default -> Optional.empty();
    };
  }

  /** Gives a batch back that this worker was told to leave. */
  static WorkerExit released(Settlement settlement) {
    settlement.release(Duration.ZERO);
    return new WorkerExit(
        Reason.RELEASED, "stopped; batch %d was given back".formatted(settlement.index()));
  }

  /** A host that ends a batch itself knows where that stood, and not what the setting says. */
  BatchError inSeconds(BatchError error) {
    var ran = error.ran(waits.ran());
    return error.reason() != BatchError.Reason.BatchTimedOut || job.batchTimeout().isEmpty()
        ? ran
        : ran.saying(
            "The batch took longer than timeouts.batchSeconds allows (%d s), and was ended where its stack says."
                .formatted(job.batchTimeout().get().toSeconds()));
  }

  private BatchError died(String how) {
    return BatchError.of(BatchError.Reason.HandlerDied, how).ran(waits.ran());
  }

  private BatchError timedOut() {
    return BatchError.of(
            BatchError.Reason.BatchTimedOut,
            "The batch took longer than timeouts.batchSeconds allows (%d s); its handler's process was ended."
                .formatted(job.batchTimeout().orElseThrow().toSeconds()))
        .ran(waits.ran());
  }

  private static String inBatch(String what, Settlement settlement, int attempt) {
    return "The handler's process %s in %s, attempt %d."
        .formatted(what, settlement.name(), attempt);
  }
}
