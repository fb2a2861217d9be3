package dev.batchapi.metrics;

import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Pushes and ends in the way that its first argument says; run in a JVM of its own. */
final class EndingProgram {
  static final int COUNTS = 1_000;
  static final int HISTOGRAMS = 500;

  private EndingProgram() {}

  public static void main(String[] args) {
    StatsdMetrics metrics = StatsdMetrics.fromEnvironment(System.getenv());
    if (args[0].equals("late")) {
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> pushLate(metrics)));
      return;
    }
    if (args[0].equals("steady")) {
      countForEver(metrics);
    }
    for (int i = 0; i < COUNTS; i++) {
      metrics.increment("n", Map.of("model", "v1"));
    }
    for (int i = 0; i < HISTOGRAMS; i++) {
      metrics.histogram("h", 1);
    }
    switch (args[0]) {
      case "return" -> {}
      case "exception" -> throw new IllegalStateException("thrown for a test");
      case "exit" -> System.exit(3);
      default -> {
        System.out.println("ready");
        while (true) {
          LockSupport.park();
        }
      }
    }
  }

  /** While the JVM ends, beside and after the client's own hook. */
  private static void pushLate(StatsdMetrics metrics) {
    for (int i = 0; i < HISTOGRAMS; i++) {
      metrics.histogram("h", 1);
      metrics.increment("n", 2);
      LockSupport.parkNanos(100_000);
    }
  }

  private static void countForEver(StatsdMetrics metrics) {
    for (int i = 1; ; i++) {
      metrics.increment("n");
      if (i % 100 == 0) {
        System.out.println(i);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }
}
