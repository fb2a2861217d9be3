package dev.batchapi.cli.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.data.input.CountInput;
import dev.batchapi.data.input.Input;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.queue.End;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.memory.MemoryQueue;
import dev.batchapi.runtime.worker.Answer;
import dev.batchapi.runtime.worker.Assignment;
import dev.batchapi.runtime.worker.Call;
import dev.batchapi.runtime.worker.Host;
import dev.batchapi.runtime.worker.HostSource;
import dev.batchapi.runtime.worker.LargeResults;
import dev.batchapi.runtime.worker.RetryPolicy;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
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

  /** Who meets it is the worker, and not a thread that nobody has words for. */
  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void aStoreThatRefusesInMidRunIsNamedAndIsNoFaultOfOurs() throws Exception {
    var end = run(Quick::new, new Expiring());

    assertThat(end.verdict()).isEqualTo(Verdict.WorkersFailed);
    assertThat(end.message())
        .contains("the credentials of s3://b have expired")
        .doesNotContain("fault of batchapi's");
  }

  /** Can be read up to the fourth batch. */
  private static final class Expiring implements Input {
    @Override
    public int items() {
      return 10;
    }

    @Override
    public int batchSize() {
      return 1;
    }

    @Override
    public byte[] payload(int batch) {
      if (batch == 3) {
        throw new StoreRefusedException("the credentials of s3://b have expired");
      }
      return ("[" + batch + "]").getBytes(UTF_8);
    }

    @Override
    public String fingerprint() {
      return "";
    }
  }

  private static final class Quick implements Host {
    @Override
    public Answer handle(Call call) {
      return new Answer.Result("[1]".getBytes(UTF_8));
    }

    @Override
    public Answer complete(Optional<Instant> deadline, byte[] summary) {
      return new Answer.Result(new byte[0]);
    }

    @Override
    public boolean alive() {
      return true;
    }

    @Override
    public void kill() {}

    @Override
    public void close() {}
  }

  private interface Starting {
    Host start();
  }

  private static End run(Starting starting) throws InterruptedException {
    return run(starting, new CountInput(3, 1));
  }

  private static End run(Starting starting, Input input) throws InterruptedException {
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
