package dev.batchapi.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ways a process ends, none of which calls close. */
class OrderlyEndIT {
  private final UdpReceiver server = new UdpReceiver();
  private @Nullable Process child;

  @AfterEach
  void stop() throws InterruptedException {
    if (child != null) {
      child.destroyForcibly().waitFor();
    }
    server.close();
  }

  private BufferedReader start(String way) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                EndingProgram.class.getName(),
                way));
    builder.environment().put("BATCHAPI_STATSD", "127.0.0.1:" + server.port());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process started = builder.start();
    child = started;
    return started.inputReader(StandardCharsets.UTF_8);
  }

  private Process child() {
    return Objects.requireNonNull(child);
  }

  private void awaitEnd() throws InterruptedException {
    assertThat(child().waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  private void assertAllArrived() {
    server.awaitSum("n", EndingProgram.COUNTS);
    server.awaitSum("h", EndingProgram.HISTOGRAMS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"return", "exception", "exit"})
  void anOrderlyEndLosesNothing(String way) throws Exception {
    start(way);
    awaitEnd();

    assertAllArrived();
  }

  @Test
  void aTerminationLosesNothing() throws Exception {
    BufferedReader output = start("wait");
    assertThat(output.readLine()).isEqualTo("ready");
    child().destroy();
    awaitEnd();

    assertAllArrived();
  }

  @Test
  void whatIsPushedWhileTheProcessEndsArrivesToo() throws Exception {
    start("late");
    awaitEnd();

    server.awaitSum("n", 2 * EndingProgram.HISTOGRAMS);
    server.awaitSum("h", EndingProgram.HISTOGRAMS);
  }

  @Test
  void aKillCostsTheLastMomentsOnly() throws Exception {
    BufferedReader output = start("steady");
    int pushed = Integer.parseInt(output.readLine());
    while (server.sum("n") < 2_000) {
      pushed = Integer.parseInt(output.readLine());
    }
    var _ = child().destroyForcibly();
    awaitEnd();

    // It pushes at most a thousand times a second; three seconds are a busy machine's second.
    assertThat(server.sum("n")).isGreaterThanOrEqualTo(Math.max(2_000, pushed - 3_000));
  }
}
