package dev.batchapi.queue.jetstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.impl.Headers;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the owner's heap costs for jobs in which every batch fails again and again. A short form; in
 * full, four times a million batches: {@code -Dledger.memory.batches=1000000}.
 */
@Timeout(3600)
class LedgerMemoryIT {
  private static final int JOBS = 4;
  private static final int BATCHES = Integer.getInteger("ledger.memory.batches", 50_000);
  private static final JetStreamSettings SETTINGS =
      JetStreamSettings.DEFAULT.withPatience(Duration.ofMinutes(10));

  @Test
  void aFailedAndLostBatchCostsTwoBytes() throws Exception {
    try (var server = NatsServer.startUnsynced()) {
      var owner = server.owner();
      JetStreamLedger.connect(owner, SETTINGS).close(); // makes the streams
      fill(owner);
      var child =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:+UseSerialGC",
                  "-Xmx256m",
                  "--enable-native-access=ALL-UNNAMED",
                  "-Dledger.memory.batches=" + BATCHES,
                  "-cp",
                  System.getProperty("java.class.path")
                      + File.pathSeparator
                      + System.getProperty("surefire.test.class.path", ""),
                  LedgerMemoryIT.class.getName(),
                  owner.servers(),
                  String.valueOf(owner.credentials()))
              .redirectErrorStream(true)
              .start();
      var said = new String(child.getInputStream().readAllBytes(), UTF_8);
      assertThat(child.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(child.exitValue()).as(said).isZero();
      assertThat(said).contains("RESULT");
      var line = said.substring(said.indexOf("RESULT") + 7).lines().findFirst().orElseThrow();
      var result = line.split(" ", -1);
      var bytes = Long.parseLong(result[0]);
      var failed = Long.parseLong(result[1]);
      var afterwards = Long.parseLong(result[2]);
      System.out.printf(
          "%,d bytes for %,d failed batches, %,d afterwards%n", bytes, failed, afterwards);
      assertThat(failed).isEqualTo((long) JOBS * BATCHES);
      assertThat(bytes).as("of %d batches", failed).isLessThan(2 * failed + (2 << 20));
      assertThat(afterwards).as("of closed jobs").isLessThan(2 << 20);
    }
  }

  private static void fill(NatsAccess owner) throws Exception {
    var tried = new Headers().put("Batch-Failures", "3").put("Batch-Losses", "2");
    var failed =
        new Headers()
            .put("Batch-Outcome", "FAILED")
            .put("Batch-Attempts", "4")
            .put("Batch-Failures", "4");
    try (var nats = NatsConnection.open(owner, SETTINGS.patience(), null)) {
      for (var job = 0; job < JOBS; job++) {
        for (var index = 0; index < BATCHES; index++) {
          var attempts = Subjects.attempts("j" + job, index);
          var out = Subjects.out("j" + job, index);
          if (index % 1000 == 999) { // the server drops what comes faster than it stores
            nats.jetStream().publish(attempts, tried, new byte[0]);
            nats.jetStream().publish(out, failed, new byte[0]);
          } else {
            nats.connection().publish(attempts, tried, new byte[0]);
            nats.connection().publish(out, failed, new byte[0]);
          }
        }
      }
      nats.connection().flush(Duration.ofMinutes(10));
    }
  }

  /** Opens the jobs and says what they cost. */
  public static void main(String[] args) throws InterruptedException {
    var access = new NatsAccess(args[0], Path.of(args[1]), "measured");
    try (var ledger = JetStreamLedger.connect(access, SETTINGS)) {
      ledger.open("none", 1);
      var before = used();
      var failed = 0L;
      for (var job = 0; job < JOBS; job++) {
        ledger.open("j" + job, BATCHES);
        failed += ledger.counts("j" + job).failed();
      }
      var open = used();
      for (var job = 0; job < JOBS; job++) {
        ledger.close("j" + job);
      }
      var afterwards = used();
      for (var tries = 0; tries < 30 && afterwards - before > 1 << 20; tries++) {
        Thread.sleep(1000); // the client lets go of its last consumers a little later
        afterwards = used();
      }
      System.out.printf("RESULT %d %d %d%n", open - before, failed, afterwards - before);
    }
  }

  private static long used() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
