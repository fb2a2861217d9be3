package dev.batchapi.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What there is to see of a run while it goes on. */
class WatchIT {
  private static final Pattern ADDRESS =
      Pattern.compile("Metrics: (http://127\\.0\\.0\\.1:[0-9]+/metrics)");

  @TempDir private Path folder;

  @Test
  void metricsAreServedWhileTheJobRuns() throws Exception {
    var cli = new Cli(folder);
    var go = folder.resolve("go");
    var file =
        cli.python(
            """
            import os, time

            class Handler:
                def __init__(self, metrics_client):
                    self.metrics = metrics_client

                def handle_batch(self, payload):
                    self.metrics.increment("seen", len(payload), tags={"model": "v1"})
                    self.metrics.flush()
                    while not os.path.exists("%s"):
                        time.sleep(0.05)
            """
                .formatted(go),
            "",
            "input: {items: [1]}");
    try (var running = cli.start("run", file, "--metrics-port", "0")) {
      await().atMost(Duration.ofMinutes(1)).until(() -> address(running).find());
      var address = address(running);
      assertThat(address.find()).isTrue();
      var url = URI.create(address.group(1)).toURL();
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(
              () -> {
                try (var in = url.openStream()) {
                  assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                      .contains("seen{model=\"v1\"} 1");
                }
              });
      assertThat(running.process().isAlive()).isTrue();
      Files.createFile(go);
      running.result().exits(0);
    }
  }

  private static Matcher address(Cli.Running running) {
    return ADDRESS.matcher(new String(read(running.err()), StandardCharsets.UTF_8));
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aPortThatIsTakenIsSaid() throws Exception {
    var cli = new Cli(folder);
    var file =
        cli.python(
            "class Handler:\n  def handle_batch(self, payload): pass", "", "input: {items: [1]}");
    try (var taken = new ServerSocket(0)) {
      var port = Integer.toString(taken.getLocalPort());
      cli.run("run", file, "--metrics-port", port).exits(64).says("--metrics-port " + port);
    }
    cli.run("run", file, "--metrics-port", "70000").exits(64).says("--metrics-port 70000");
  }

  @Test
  void linesOfSeveralWorkersSayWhose() throws Exception {
    var cli = new Cli(folder);
    var source =
        """
        import sys

        class Handler:
            def handle_batch(self, payload):
                for part in ("one ", "whole ", "line\\n"):
                    sys.stdout.write(part)
                    sys.stdout.flush()
        """;
    var lines =
        cli.run("run", cli.python(source, "", "workers: 3\ninput: {count: 60}"))
            .exits(0)
            .out()
            .lines();
    assertThat(lines.filter(line -> line.contains("whole")).toList())
        .hasSize(60)
        .allMatch(line -> line.matches("worker-[0-2]: one whole line"));
    cli.run("run", "job.yaml", "--workers", "1").exits(0).says("\none whole line\n");
  }
}
