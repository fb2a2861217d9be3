package dev.batchapi.cli.statsd;

import dev.batchapi.metrics.Flavour;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A StatsD server on the loopback address, on a port of its own, that sums up what arrives. Safe
 * for any number of threads.
 */
public final class StatsdListener implements AutoCloseable {
  /** Room for a burst; the kernel may give less. */
  private static final int RECEIVE_BUFFER_BYTES = 4 << 20;

  private static final int LARGEST_DATAGRAM = 65_535;

  /** Bounds the memory, whoever on this machine sends. */
  private static final int MAX_SERIES = 10_000;

  /** How long a question waits for what was sent before it; as a rule it is under a millisecond. */
  private static final Duration SETTLE = Duration.ofSeconds(5);

  /** A mark that found the receive buffer full is lost, like any datagram. */
  private static final Duration NEXT_MARK = Duration.ofMillis(200);

  /** Starts a datagram of our own; no StatsD line can. */
  private static final String MARK = "\u0000mark ";

  private final DatagramSocket socket;
  private final Flavour flavour;
  private final Thread reader;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition markSeen = lock.newCondition();
  private final Map<Key, Aggregate> series = new HashMap<>();
  private long malformed;
  private long lastMarkSent;
  private long lastMarkSeen;

  private record Key(String name, MetricType type, SortedMap<String, String> tags) {}

  private StatsdListener(DatagramSocket socket, Flavour flavour) {
    this.socket = socket;
    this.flavour = flavour;
    this.reader = Thread.ofPlatform().daemon().name("statsd-listener").unstarted(this::read);
  }

  /**
   * Listens on 127.0.0.1.
   *
   * @param flavour whose rules it follows
   * @throws IOException if there is no port left
   */
  public static StatsdListener open(Flavour flavour) throws IOException {
    DatagramSocket socket = new DatagramSocket(null);
    try {
      socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    StatsdListener listener = new StatsdListener(socket, flavour);
    listener.reader.start();
    return listener;
  }

  /** The UDP port it listens on. */
  public int port() {
    return socket.getLocalPort();
  }

  /** {@code host:port}, as a metrics client wants it. */
  public String address() {
    return "127.0.0.1:" + port();
  }

  /**
   * Every series that arrived, by name, type and tags. Includes what was sent before this call: it
   * waits for that, at most five seconds.
   */
  public List<MetricRow> snapshot() {
    settle();
    lock.lock();
    try {
      return series.values().stream().map(Aggregate::row).sorted().toList();
    } finally {
      lock.unlock();
    }
  }

  /** Lines that arrived and could not be read, or came after 10,000 series. */
  public long malformed() {
    settle();
    lock.lock();
    try {
      return malformed;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the thread and gives the port back; what arrived can still be asked for. */
  @Override
  public void close() {
    settle();
    socket.close();
    boolean interrupted = Thread.interrupted();
    try {
      var _ = reader.join(SETTLE);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Sends itself a mark and waits until it was read: what was sent before it was read before it.
   */
  private void settle() {
    if (socket.isClosed()) {
      return;
    }
    boolean interrupted = Thread.interrupted();
    lock.lock();
    try {
      long end = System.nanoTime() + SETTLE.toNanos();
      long mark = ++lastMarkSent;
      while (lastMarkSeen < mark && System.nanoTime() - end < 0) {
        sendMark(mark);
        awaitMark(mark);
      }
    } catch (IOException e) {
      // Closed meanwhile: then everything that will ever arrive has arrived.
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void sendMark(long mark) throws IOException {
    byte[] bytes = (MARK + mark).getBytes(StandardCharsets.UTF_8);
    socket.send(new DatagramPacket(bytes, bytes.length, socket.getLocalSocketAddress()));
  }

  private void awaitMark(long mark) throws InterruptedException {
    long nanos = NEXT_MARK.toNanos();
    while (lastMarkSeen < mark && nanos > 0) {
      nanos = markSeen.awaitNanos(nanos);
    }
  }

  private void read() {
    byte[] buffer = new byte[LARGEST_DATAGRAM];
    while (true) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(packet);
      } catch (IOException e) {
        if (socket.isClosed()) {
          return;
        }
        continue;
      }
      lock.lock();
      try {
        take(ByteBuffer.wrap(buffer, 0, packet.getLength()));
      } finally {
        lock.unlock();
      }
    }
  }

  private void take(ByteBuffer datagram) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(datagram).toString();
    } catch (CharacterCodingException e) {
      malformed++;
      return;
    }
    if (text.startsWith(MARK)) {
      mark(text.substring(MARK.length()));
      return;
    }
    for (String line : text.split("\n", -1)) {
      if (!line.isEmpty()) {
        MetricLine.parse(line).ifPresentOrElse(this::add, () -> malformed++);
      }
    }
  }

  private void add(MetricLine line) {
    Key key = new Key(line.name(), line.type(), line.tags());
    Aggregate known = series.get(key);
    if (known == null) {
      if (series.size() == MAX_SERIES) {
        malformed++;
        return;
      }
      known = new Aggregate(line, flavour == Flavour.PROMETHEUS);
      series.put(key, known);
    }
    known.add(line);
  }

  private void mark(String number) {
    try {
      lastMarkSeen = Math.max(lastMarkSeen, Long.parseLong(number));
      markSeen.signalAll();
    } catch (NumberFormatException e) {
      malformed++;
    }
  }
}
