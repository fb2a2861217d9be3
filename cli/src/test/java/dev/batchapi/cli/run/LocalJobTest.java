package dev.batchapi.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.data.input.CountInput;
import dev.batchapi.queue.End;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.memory.MemoryQueue;
import dev.batchapi.runtime.worker.Assignment;
import dev.batchapi.runtime.worker.Host;
import dev.batchapi.runtime.worker.HostSource;
import dev.batchapi.runtime.worker.LargeResults;
import dev.batchapi.runtime.worker.RetryPolicy;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What follows when a thread of this process dies: the run must not hang. */
class LocalJobTest {

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void aThreadThatDiesEndsTheRunWithItsFault() throws Exception {
    var end =
        run(
            () -> {
              throw new OutOfMemoryError("Java heap space");
            });

    assertThat(end.verdict()).isEqualTo(Verdict.WorkersFailed);
    assertThat(end.message())
        .contains("OutOfMemoryError: Java heap space", "worker-0", "BATCHAPI_JAVA_OPTS");
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void aFaultOfOursIsNotTriedAgain() throws Exception {
    var end =
        run(
            () -> {
              throw new IllegalStateException("no room on the disk");
            });

    assertThat(end.verdict()).isEqualTo(Verdict.WorkersFailed);
    assertThat(end.message()).contains("no room on the disk");
  }

  private interface Starting {
    Host start();
  }

  private static End run(Starting starting) throws InterruptedException {
    var hosts =
        new HostSource() {
          @Override
          public Host start() {
            return starting.start();
          }

          @Override
          public boolean canRestart() {
            return true;
          }
        };
    var input = new CountInput(3, 1);
    var nowhere = Progress.Style.lines(new PrintStream(OutputStream.nullOutputStream()));
    try (var queue = new MemoryQueue()) {
      var job =
          new LocalJob(
              new Assignment(
                  "id",
                  "j",
                  new RetryPolicy(3, Duration.ZERO, Duration.ZERO, 10),
                  Optional.empty()),
              new LocalJob.Plan(1, input, null, null, Optional.empty(), LargeResults.none(), null),
              queue,
              slot -> hosts,
              new Progress(nowhere, "j", input.count(), System.nanoTime()));
      var before = Thread.getDefaultUncaughtExceptionHandler();
      Thread.setDefaultUncaughtExceptionHandler(job::died);
      try {
        return job.run();
      } finally {
        Thread.setDefaultUncaughtExceptionHandler(before);
      }
    }
  }
}
