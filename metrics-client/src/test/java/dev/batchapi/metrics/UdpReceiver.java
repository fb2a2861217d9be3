package dev.batchapi.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A real socket that keeps every datagram it gets. */
final class UdpReceiver implements AutoCloseable {
  private final DatagramSocket socket;
  private final List<String> datagrams = new ArrayList<>();

  /** By {@link System#nanoTime}. */
  private volatile long lastArrival;

  private final Thread reader;

  UdpReceiver() {
    this(0);
  }

  UdpReceiver(int port) {
    this(InetAddress.getLoopbackAddress(), port);
  }

  UdpReceiver(InetAddress address, int port) {
    try {
      socket = new DatagramSocket(null);
      socket.setReceiveBufferSize(4 << 20);
      socket.bind(new InetSocketAddress(address, port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    reader = Thread.ofPlatform().daemon().name("udp-receiver").start(this::read);
  }

  int port() {
    return socket.getLocalPort();
  }

  MetricsSettings settings() {
    return MetricsSettings.of("127.0.0.1", port());
  }

  List<String> datagrams() {
    synchronized (datagrams) {
      return List.copyOf(datagrams);
    }
  }

  /** When the last datagram came, by {@link System#nanoTime}. */
  long lastArrival() {
    return lastArrival;
  }

  /** Every line of the handler's so far, in order. */
  List<String> lines() {
    return allLines().stream().filter(line -> !line.startsWith("batchapi_metrics_")).toList();
  }

  /** Every line so far, also the client's own about what it dropped. */
  List<String> allLines() {
    return datagrams().stream()
        .flatMap(datagram -> Arrays.stream(datagram.split("\n")))
        .filter(line -> !line.isEmpty())
        .toList();
  }

  /** Waits for exactly these lines. */
  void awaitLines(String... expected) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(() -> assertThat(lines()).containsExactly(expected));
  }

  /** Waits until the values of this counter, all tags together, are this sum. */
  void awaitSum(String counter, double expected) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(() -> assertThat(sum(counter)).isEqualTo(expected));
  }

  double sum(String counter) {
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
      synchronized (datagrams) {
        datagrams.add(datagram);
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
