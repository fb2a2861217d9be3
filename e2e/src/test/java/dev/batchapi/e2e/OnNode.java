package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** What only the node can do: process 1 of a container can't be killed from inside of it. */
final class OnNode {
  private OnNode() {}

  /** Kills, as the kernel would, the process of a pod whose command line has this word. */
  static void kill(Pod pod, String word) {
    var victims =
        ProcessHandle.allProcesses()
            .filter(process -> read(process, "cmdline").contains(word))
            .filter(
                process ->
                    read(process, "environ")
                        .contains("HOSTNAME=" + pod.getMetadata().getName() + "\0"))
            .toList();
    Assumptions.assumeFalse(victims.isEmpty(), "the pods run on another machine than this test");
    assertThat(victims).hasSize(1);
    victims.getFirst().destroyForcibly();
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
