package dev.batchapi.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ways a process ends, none of which calls close, where java-dogstatsd-client sends. */
class DatadogOrderlyEndIT {
  @TempDir Path folder;

  private static Process start(String way, String address, List<String> classPath)
      throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                String.join(":", classPath),
                EndingProgram.class.getName(),
                way));
    builder.environment().put("BATCHAPI_STATSD", address);
    builder.environment().put("BATCHAPI_STATSD_FLAVOUR", "datadog");
    builder.environment().put("DD_ENTITY_ID", "0b5a7c2e-1111-4222-8333-444455556666");
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    return builder.start();
  }

  private static List<String> classPath() {
    return List.of(System.getProperty("java.class.path").split(":", -1));
  }

  private static void awaitEnd(Process child) throws InterruptedException {
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"return", "exception", "exit", "wait"})
  void anOrderlyEndLosesNothingOnASocket(String way) throws Exception {
    try (UnixReceiver agent = new UnixReceiver(folder.resolve("dsd.socket"))) {
      Process child = start(way, agent.address(), classPath());
      endIfItWaits(child, way);

      agent.awaitSum("n", EndingProgram.COUNTS);
      agent.awaitSum("h", EndingProgram.HISTOGRAMS);
      assertThat(agent.lines())
          .allMatch(
              line ->
                  line.contains("|#dd.internal.entity_id:0b5a7c2e-1111-4222-8333-444455556666"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"return", "exception", "exit", "wait"})
  void anOrderlyEndLosesNothingByUdp(String way) throws Exception {
    try (UdpReceiver agent = new UdpReceiver()) {
      Process child = start(way, "127.0.0.1:" + agent.port(), withoutJnr());
      endIfItWaits(child, way);

      agent.awaitSum("n", EndingProgram.COUNTS);
      agent.awaitSum("h", EndingProgram.HISTOGRAMS);
    }
  }

  /** A worker without its libraries for sockets must not fail for it. */
  @Test
  void aSocketWithoutItsLibrariesHarmsNothing() throws Exception {
    try (UnixReceiver agent = new UnixReceiver(folder.resolve("dsd.socket"))) {
      Process child = start("return", agent.address(), withoutJnr());
      awaitEnd(child);
      assertThat(child.exitValue()).isZero();
      assertThat(agent.lines()).isEmpty();
    }
  }

  private static List<String> withoutJnr() {
    List<String> jars = new ArrayList<>(classPath());
    assertThat(jars.removeIf(jar -> jar.contains("/jnr/"))).isTrue();
    return jars;
  }

  private static void endIfItWaits(Process child, String way) throws Exception {
    if (way.equals("wait")) {
      assertThat(child.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("ready");
      child.destroy();
    }
    awaitEnd(child);
  }
}
