package dev.batchapi.runtime.worker;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A host process that is this process's child. */
record ChildProcess(Process process) implements HostProcess {
  private static final Map<Integer, String> SIGNALS =
      Map.of(
          4, "SIGILL",
          6, "SIGABRT",
          7, "SIGBUS",
          8, "SIGFPE",
          9, "SIGKILL; the system may have run out of memory",
          11, "SIGSEGV",
          15, "SIGTERM");

  CompletableFuture<Process> onEnd() {
    return process.onExit();
  }

  @Override
  public void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  @Override
  public boolean awaitEnd(Duration atMost) {
    try {
      return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public String howItEnded() {
    var code = process.exitValue();
    var signal = SIGNALS.get(code - 128);
    return signal == null ? "exit code " + code : "exit code %d (%s)".formatted(code, signal);
  }
}
