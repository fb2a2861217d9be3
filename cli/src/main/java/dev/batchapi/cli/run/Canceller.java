package dev.batchapi.cli.run;

import org.jspecify.annotations.Nullable;

/** What a signal does: it cancels the run, as soon as there is one. */
final class Canceller {
  private @Nullable LocalRun local;
  private boolean cancelled;
  private boolean reading;

  synchronized void cancels(LocalRun run) {
    local = run;
    if (cancelled) {
      run.cancel();
    }
  }

  /** Whether an input is being read: nothing has begun that would have to be ended. */
  synchronized void reading(boolean now) {
    reading = now;
  }

  /**
   * The signal came.
   *
   * @return whether the process has something to bring to its end
   */
  synchronized boolean cancel() {
    cancelled = true;
    if (local != null) {
      local.cancel();
    }
    return !reading;
  }
}
