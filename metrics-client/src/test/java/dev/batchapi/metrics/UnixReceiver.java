package dev.batchapi.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A real Unix datagram socket, as an agent's, in a Python process. */
public final class UnixReceiver implements Receiver {
  private static final String PROGRAM =
      """
      import base64, os, socket, sys
      if os.path.exists(sys.argv[1]):
          os.unlink(sys.argv[1])
      server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
      server.bind(sys.argv[1])
      print("ready", flush=True)
      while True:
          print(base64.b64encode(server.recv(65536)).decode(), flush=True)
      """;

  private final Path path;
  private final Process process;
  private final Thread reader;
  private final List<String> datagrams = new ArrayList<>();
  private final List<Instant> arrivals = new ArrayList<>();

  /** Whatever lies at this path is replaced. */
  public UnixReceiver(Path path) {
    this.path = path;
    try {
      process =
          new ProcessBuilder("python3", "-c", PROGRAM, path.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
      assertThat(output.readLine()).isEqualTo("ready");
      reader = Thread.ofPlatform().daemon().start(() -> read(output));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(BufferedReader output) {
    try {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        String datagram = new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8);
        synchronized (datagrams) {
          datagrams.add(datagram);
          arrivals.add(Instant.now());
        }
      }
    } catch (IOException e) {
      // It was ended.
    }
  }

  /** As {@code metrics.statsd} names it. */
  public String address() {
    return StatsdAddress.UNIX + path;
  }

  @Override
  public MetricsSettings settings() {
    return MetricsSettings.parse(address());
  }

  /** The process. */
  public Process process() {
    return process;
  }

  @Override
  public List<String> datagrams() {
    synchronized (datagrams) {
      return List.copyOf(datagrams);
    }
  }

  /** Every line so far, in order, with what the library adds behind it. */
  @Override
  public List<String> lines() {
    return datagrams().stream()
        .flatMap(datagram -> datagram.lines())
        .filter(line -> !line.isEmpty())
        .toList();
  }

  /** When the first line that begins like this came; empty if none has. */
  public Optional<Instant> arrival(String start) {
    synchronized (datagrams) {
      for (int i = 0; i < datagrams.size(); i++) {
        if (datagrams.get(i).lines().anyMatch(line -> line.startsWith(start))) {
          return Optional.of(arrivals.get(i));
        }
      }
      return Optional.empty();
    }
  }

  /** The sum of the values of this metric, all tags together. */
  public double sum(String metric) {
    return lines().stream()
        .filter(line -> line.startsWith(metric + ":"))
        .mapToDouble(
            line -> Double.parseDouble(line.substring(metric.length() + 1, line.indexOf('|'))))
        .sum();
  }

  /** Waits until that is this much. */
  @Override
  public void awaitSum(String metric, double expected) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(() -> assertThat(sum(metric)).isEqualTo(expected));
  }

  @Override
  public void close() {
    var _ = process.destroyForcibly();
    try {
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
