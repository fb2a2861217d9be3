package dev.batchapi.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.operator.health.SpareHeap;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** In a process of its own, with the operator's options. */
final class SpareHeapTest {
  private static final int MIB = 1 << 20;

  /** Holds much for a while, as after a burst of jobs, and waits until the memory is given back. */
  public static final class Burst {
    private Burst() {}

    public static void main(String[] arguments) throws InterruptedException {
      var old =
          ManagementFactory.getMemoryPoolMXBeans().stream()
              .filter(pool -> pool.getName().equals("Tenured Gen"))
              .findFirst()
              .orElseThrow();
      var tries = 10; // to no avail, by when it would have been given back long ago
      if (arguments.length > 0) {
        var _ = SpareHeap.start(Duration.ofMillis(100)).orElseThrow();
        tries = 50;
      }
      var most = burst(old);
      for (int i = 0; i < tries && committed(old) > most / 2; i++) {
        Thread.sleep(100);
      }
      System.out.printf("%d %d%n", most, committed(old));
    }

    private static long burst(MemoryPoolMXBean old) {
      var blocks = new ArrayList<byte[]>();
      try {
        for (int i = 0; i < 150; i++) {
          blocks.add(new byte[MIB]);
        }
        return committed(old);
      } finally {
        Reference.reachabilityFence(blocks);
      }
    }

    private static long committed(MemoryPoolMXBean old) {
      return old.getUsage().getCommitted() / MIB;
    }
  }

  @Test
  void memoryIsGivenBackAfterABurst() throws IOException, InterruptedException {
    var seen = afterABurst("with");

    assertThat(seen[0]).isGreaterThan(100);
    assertThat(seen[1]).isLessThan(50);
  }

  @Test
  void otherwiseItIsKept() throws IOException, InterruptedException {
    var seen = afterABurst();

    assertThat(seen[1]).isEqualTo(seen[0]);
  }

  /** MiB that the old generation takes from the system, in the burst and at the end. */
  private static int[] afterABurst(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(OperatorCommand.JVM_OPTIONS);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Burst.class.getName()));
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(out).isZero();
    return Pattern.compile(" ").splitAsStream(out).mapToInt(Integer::parseInt).toArray();
  }
}
