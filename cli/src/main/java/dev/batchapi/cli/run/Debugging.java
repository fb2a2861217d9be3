package dev.batchapi.cli.run;

import dev.batchapi.runtime.worker.Assignment;
import dev.batchapi.runtime.worker.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run that a person looks at with a debugger: one worker, whose handler has this process's
 * terminal; nothing has a deadline, and what fails is not tried again.
 *
 * @param port on which a Java handler waits for a debugger on this machine; null for none
 */
record Debugging(@Nullable Integer port) {
  /** Who attaches a debugger may have lunch first. */
  static final Duration LONG = Duration.ofDays(1);

  private static final int LARGEST_PORT = 65_535;

  Debugging {
    if (port != null && (port < 1 || port > LARGEST_PORT)) {
      throw new UsageException(
          "--debug-port %d: a port is a number from 1 to %d.".formatted(port, LARGEST_PORT));
    }
  }

  static Assignment of(Assignment assignment) {
    var retry = assignment.retry();
    return new Assignment(
        assignment.jobId(),
        assignment.jobName(),
        new RetryPolicy(1, retry.initialBackoff(), retry.maxBackoff(), retry.maxLosses()),
        Optional.empty(),
        assignment.batchSize(),
        assignment.itemResults(),
        assignment.rate(),
        assignment.workers());
  }

  /**
   * The command of a Java host that waits for its debugger before anything of the author's runs.
   */
  List<String> java(List<String> command) {
    if (port == null) {
      return command;
    }
    var debugged = new ArrayList<>(command);
    debugged.add(
        1, "-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=127.0.0.1:" + port);
    return debugged;
  }
}
