package dev.batchapi.cli.run;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C and SIGTERM into an end in order: the running job is cancelled, reported and its
 * hosts are ended before the process goes. A second Ctrl-C does not wait.
 */
final class Signals implements AutoCloseable {
  private static final long ORDERLY_SECONDS = 20;

  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook;

  Signals(Canceller canceller) {
    hook =
        Thread.ofPlatform()
            .name("batchapi-signals")
            .unstarted(
                () -> {
                  if (!canceller.cancel()) {
                    return;
                  }
                  try {
                    var _ = finished.await(ORDERLY_SECONDS, TimeUnit.SECONDS);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    Runtime.getRuntime().addShutdownHook(hook);
  }

  @Override
  public void close() {
    finished.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The signal came: the process is ending.
    }
  }
}
