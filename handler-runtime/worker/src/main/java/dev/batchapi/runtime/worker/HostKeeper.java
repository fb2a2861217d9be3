package dev.batchapi.runtime.worker;

import dev.batchapi.runtime.worker.WorkerExit.Reason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The host that a worker has: started when there is none, left when its process has ended or must
 * be replaced. Used by the worker's own thread, except {@link #kill}.
 */
final class HostKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("dev.batchapi.worker");

  private final String jobName;
  private final HostSource source;
  private final StopSignal signal;
  private final ProcessHealth health;
  private volatile @Nullable Host host;
  private String howItEnded = "The handler's process ended between two batches.";

  HostKeeper(String jobName, HostSource source, StopSignal signal, ProcessHealth health) {
    this.jobName = jobName;
    this.source = source;
    this.signal = signal;
    this.health = health;
  }

  /** The host, started if there is none. */
  Host get() throws HostStartException, InterruptedException {
    var current = host;
    if (current == null) {
      current = signal.interruptibly(source::start);
      host = current;
      health.started(current.construction(), System.nanoTime());
    }
    return current;
  }

  /** Leaves a host that has ended, or is to be replaced; an exit if no other can follow it. */
  Optional<WorkerExit> leaveBroken() {
    var current = host;
    return current != null && (!current.alive() || health.why().isPresent())
        ? leave(current)
        : Optional.empty();
  }

  private Optional<WorkerExit> leave(Host last) {
    var why = health.why();
    var another =
        source.canRestart() || (last.alive() && last.replaceable() && !health.isHopelessHere());
    if (!last.alive()) {
      last.close();
    } else {
      howItEnded = "The handler's process is replaced: %s.".formatted(why.orElse("it ended"));
      LOG.atLevel(health.isSuspected() ? Level.WARN : Level.INFO)
          .addKeyValue("job", jobName)
          .log(howItEnded);
      if (another) {
        last.replace();
      }
    }
    if (!another) {
      return Optional.of(new WorkerExit(Reason.HOST_ENDED, howItEnded));
    }
    host = null;
    return Optional.empty();
  }

  /** Notes how the process has ended in a batch, for the worker's last words. */
  void ended(String how) {
    howItEnded = how;
  }

  /** Ends the process at once, if there is one. */
  void kill() {
    var current = host;
    if (current != null) {
      current.kill();
    }
  }

  @Override
  public void close() {
    var last = host;
    if (last != null) {
      last.close();
    }
  }
}
