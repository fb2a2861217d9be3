package dev.batchapi.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A real socket that keeps every datagram it gets. */
public final class UdpReceiver implements Receiver {
  private final DatagramSocket socket;
  private final List<String> datagrams = new ArrayList<>();
  private final List<Instant> arrivals = new ArrayList<>();

  /** By {@link System#nanoTime}. */
  private volatile long lastArrival;

  private final Thread reader;

  public UdpReceiver() {
    this(0);
  }

  public UdpReceiver(int port) {
    this(InetAddress.getLoopbackAddress(), port);
  }

  public UdpReceiver(InetAddress address, int port) {
    try {
      socket = new DatagramSocket(null);
      socket.setReceiveBufferSize(4 << 20);
      socket.bind(new InetSocketAddress(address, port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    reader = Thread.ofPlatform().daemon().name("udp-receiver").start(this::read);
  }

  public int port() {
    return socket.getLocalPort();
  }

  @Override
  public MetricsSettings settings() {
    return MetricsSettings.of("127.0.0.1", port());
  }

  @Override
  public List<String> datagrams() {
    synchronized (datagrams) {
      return List.copyOf(datagrams);
    }
  }

  /** When the last datagram came, by {@link System#nanoTime}. */
  public long lastArrival() {
    return lastArrival;
  }

  /** The CPU time of its own thread so far, for benchmarks. */
  public long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getThreadCpuTime(reader.threadId());
  }

  /**
   * When a line that is the only one of its kind came, but for its container; empty if it hasn't.
   */
  public Optional<Instant> arrival(String line) {
    synchronized (datagrams) {
      for (int i = 0; i < datagrams.size(); i++) {
        if (datagrams
            .get(i)
            .lines()
            .anyMatch(came -> came.equals(line) || came.startsWith(line + "|c:"))) {
          return Optional.of(arrivals.get(i));
        }
      }
      return Optional.empty();
    }
  }

  /** Every line of the handler's so far, in order. */
  @Override
  public List<String> lines() {
    return allLines().stream().filter(line -> !line.startsWith("batchapi_metrics_")).toList();
  }

  /** Every line so far, also the client's own about what it dropped. */
  public List<String> allLines() {
    return datagrams().stream()
        .flatMap(datagram -> Arrays.stream(datagram.split("\n")))
        .filter(line -> !line.isEmpty())
        .toList();
  }

  /** Waits for exactly these lines. */
  public void awaitLines(String... expected) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(() -> assertThat(lines()).containsExactly(expected));
  }

  /** Waits until the values of this counter, all tags together, are this sum. */
  @Override
  public void awaitSum(String counter, double expected) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(() -> assertThat(sum(counter)).isEqualTo(expected));
  }

  public double sum(String counter) {
    return lines().stream()
        .filter(line -> line.startsWith(counter + ":"))
        .mapToDouble(
            line -> Double.parseDouble(line.substring(counter.length() + 1, line.indexOf('|'))))
        .sum();
  }

  private void read() {
    byte[] buffer = new byte[65_535];
    while (true) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(packet);
      } catch (IOException e) {
        return;
      }
      String datagram = new String(buffer, 0, packet.getLength(), StandardCharsets.UTF_8);
      lastArrival = System.nanoTime();
      Instant now = Instant.now();
      synchronized (datagrams) {
        datagrams.add(datagram);
        arrivals.add(now);
      }
    }
  }

  @Override
  public void close() {
    socket.close();
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
