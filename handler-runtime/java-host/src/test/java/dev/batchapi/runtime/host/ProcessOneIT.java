package dev.batchapi.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.batchapi.runtime.protocol.FrameType;
import dev.batchapi.runtime.protocol.Hello;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The Java host as the image's script starts it: below a process 1, which a process namespace of
 * its own makes of the script.
 */
@Timeout(120)
class ProcessOneIT {
  private static final String HANDLER =
      """
      import dev.batchapi.handler.*;
      import java.nio.file.*;
      import java.util.*;

      public final class Handler implements BatchHandler<String, Object> {
        public Object handleBatch(List<String> payload, BatchContext batch) throws Exception {
          return switch (payload.getFirst()) {
            case "orphans" -> {
              for (int i = 0; i < 20; i++) {
                new ProcessBuilder("sh", "-c", "(sleep 0.05 &) ; true").start().waitFor();
              }
              long until = System.nanoTime() + 10_000_000_000L;
              long left;
              do {
                Thread.sleep(200); // the last of them has ended, too
                left = zombies();
              } while (left > 0 && System.nanoTime() < until);
              yield left;
            }
            case "child" -> new ProcessBuilder("sh", "-c", "exit 7").start().waitFor();
            case "pid" -> ProcessHandle.current().pid();
            default -> {
              Runtime.getRuntime().halt(5);
              yield null;
            }
          };
        }

        private static long zombies() throws Exception {
          long found = 0;
          try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
              try {
                String stat = Files.readString(process.resolve("stat"));
                found += stat.charAt(stat.lastIndexOf(')') + 2) == 'Z' ? 1 : 0;
              } catch (java.io.IOException gone) {
                // between the listing and now
              }
            }
          }
          return found;
        }
      }
      """;

  @Test
  void orphansAreReapedAndAnotherHostTakesThePlaceOfOne() throws Exception {
    assumeTrue(mayUnshare(), "needs a process namespace of its own: root, and unshare");
    var folder = Files.createTempDirectory(Path.of("/tmp"), "process1");
    var socket = folder.resolve("s");
    var code = Files.createDirectory(folder.resolve("code"));
    Files.writeString(code.resolve("Handler.java"), HANDLER);
    var java = Path.of(System.getProperty("java.home"), "bin", "java");
    var arguments = folder.resolve("java-host.args");
    Files.write(arguments, JavaHostCommand.arguments(System.getProperty("java.class.path"), null));
    var script =
        Files.writeString(folder.resolve("java-host.sh"), JavaHostCommand.script(java, arguments));
    try (var worker = new FakeWorker(socket)) {
      var process =
          new ProcessBuilder(
                  "unshare",
                  "--pid",
                  "--fork",
                  "--mount-proc",
                  "--kill-child",
                  "/bin/sh",
                  script.toString(),
                  "--socket",
                  socket.toString(),
                  "--code",
                  code.toString())
              .inheritIO()
              .start();
      try {
        assertThat(hello(worker).replaceable()).isTrue();
        assertThat(worker.resultOf("[\"orphans\"]")).isEqualTo("0");
        assertThat(worker.resultOf("[\"child\"]")).isEqualTo("7");
        var first = worker.resultOf("[\"pid\"]");
        worker.channel().write(FrameType.REPLACE);

        assertThat(hello(worker).replaceable()).isTrue();
        assertThat(worker.resultOf("[\"pid\"]")).isNotEqualTo(first);
        worker.send("[\"end\"]");
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(5);
      } finally {
        process.destroyForcibly().waitFor();
        for (var file : List.of(code.resolve("Handler.java"), code, arguments, script, socket)) {
          Files.deleteIfExists(file);
        }
        Files.delete(folder);
      }
    }
  }

  /** The next host, ready. */
  private static Hello hello(FakeWorker worker) throws IOException {
    var hello = worker.accept().hello();
    var start = FakeWorker.startOf("Handler", Map.of(), null);
    worker.channel().write(FrameType.START, start.encode());
    worker.ready();
    return hello;
  }

  private static boolean mayUnshare() throws InterruptedException {
    try {
      return new ProcessBuilder("unshare", "--pid", "--fork", "--mount-proc", "true")
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
