package dev.batchapi.e2e;

import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** What only the node can do: process 1 of a container can't be killed from inside of it. */
final class OnNode {
  private OnNode() {}

  /**
   * Kills, as the kernel would, a process of one of the pods whose command line has this word.
   *
   * @return whether there was one: not if it is gone, nor if pods run on another machine
   */
  static boolean kill(List<Pod> pods, String word) {
    return ProcessHandle.allProcesses()
        .filter(process -> read(process, "cmdline").contains(word))
        .filter(process -> belongsTo(pods, read(process, "environ")))
        .findFirst()
        .map(ProcessHandle::destroyForcibly)
        .orElse(false);
  }

  /** Skips a test where pods run on another machine than it: from then on everything must hit. */
  static void isNeeded() {
    Assumptions.assumeTrue(
        "root".equals(System.getProperty("user.name"))
            && Files.exists(Path.of(Cluster.folder(), "kubelet.yaml")),
        "needs root, and the cluster of `make cluster` on this machine");
  }

  /**
   * Stops a component of this cluster, and of no other on this machine, for a while; it does
   * nothing then, and closes nothing.
   */
  static void pause(String program, Duration time) throws InterruptedException {
    try (var _ = freeze(program)) {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }
  }

  /** The same until it is closed. */
  static Frozen freeze(String program) {
    return freeze(
        ProcessHandle.allProcesses()
            .filter(p -> read(p, "cmdline").matches("(?s)[^\0]*/" + program + "\0.*"))
            .filter(p -> read(p, "cmdline").contains(Cluster.folder())),
        program);
  }

  /** The same of a process of this pod whose command line has this word. */
  static Frozen freeze(Pod pod, String word) {
    return freeze(
        ProcessHandle.allProcesses()
            .filter(p -> read(p, "cmdline").contains(word))
            .filter(p -> belongsTo(List.of(pod), read(p, "environ"))),
        pod.getMetadata().getName());
  }

  private static Frozen freeze(Stream<ProcessHandle> processes, String what) {
    return frozen(processes)
        .orElseThrow(() -> new AssertionError("no process of " + what + " on this machine"));
  }

  /** The same of one that may have died: of any of these pods; empty if there is none. */
  static Optional<Frozen> freezeOne(List<Pod> pods, String word) {
    return frozen(
        ProcessHandle.allProcesses()
            .filter(p -> read(p, "cmdline").contains(word))
            .filter(p -> belongsTo(pods, read(p, "environ"))));
  }

  private static Optional<Frozen> frozen(Stream<ProcessHandle> processes) {
    return processes
        .findFirst()
        .map(
            process -> {
              signal("STOP", process.pid());
              return () -> {
                if (process.isAlive()) { // what is killed goes on to its end by itself
                  signal("CONT", process.pid());
                }
              };
            });
  }

  /** Something that stands still until it is closed. */
  interface Frozen extends AutoCloseable {
    /** It goes on; also if it does so already. */
    void thaw();

    @Override
    default void close() {
      thaw();
    }
  }

  private static void signal(String name, long pid) {
    try {
      var kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start();
      if (kill.waitFor() != 0) {
        throw new IllegalStateException("kill -%s %d failed".formatted(name, pid));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static boolean belongsTo(List<Pod> pods, String environment) {
    return pods.stream()
        .anyMatch(pod -> environment.contains("HOSTNAME=" + pod.getMetadata().getName() + "\0"));
  }

  private static String read(ProcessHandle process, String file) {
    try {
      return Files.readString(
          Path.of("/proc", Long.toString(process.pid()), file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // gone, or not ours
    }
  }
}
