package dev.batchapi.guard;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The guard at work: one thread that reads datagrams, judges their lines and hands on what may
 * pass. Nothing that is sent ends it, and nothing is mended: a line passes as it is or is dropped.
 */
final class Guard implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

  /** Room for a burst; the kernel may give less (net.core.rmem_max). */
  private static final int RECEIVE_BUFFER_BYTES = 4 << 20;

  private static final int LARGEST_DATAGRAM = 65_535;

  /** What waits while the exporter is slow or is restarted: about 70,000 lines. */
  private static final int QUEUE_BYTES = 4 << 20;

  private static final int QUEUE_CHUNKS = 1 << 14;
  private static final int MAX_SENDERS = 1 << 14;

  /** Read in a row before anything else is done. */
  private static final int ROUND = 512;

  /** How long lines may wait for company: many in one write cost the exporter much less. */
  private static final int COMPANY_MILLIS = 2;

  private static final long COMPANY_NANOS = COMPANY_MILLIS * 1_000_000L;

  private static final int ENOUGH_COMPANY_BYTES = 32 << 10;
  private static final int IDLE_MILLIS = 100;
  private static final int SWEEP_SECONDS = 10;

  /** The exporter's clock and what still waits for it: it has certainly forgotten by then. */
  private static final int TTL_MARGIN_SECONDS = 60;

  private static final long LAST_WRITE_NANOS = 2_000_000_000L;

  private final Selector selector = Selector.open();
  private final DatagramChannel socket = DatagramChannel.open();
  private final byte[] data = new byte[LARGEST_DATAGRAM];
  private final ByteBuffer datagram = ByteBuffer.wrap(data);
  private final Line line = new Line();
  private final Load load = new Load();
  private final Senders senders = new Senders(MAX_SENDERS);
  private final SeriesTable series;
  private final Outgoing outgoing = new Outgoing(QUEUE_BYTES, QUEUE_CHUNKS);
  private final ExporterLink exporter;
  private final Counters counters = new Counters();
  private final Complaints complaints = new Complaints();
  private final Thread thread = Thread.ofPlatform().name("guard").unstarted(this::run);
  private final long started = System.nanoTime();
  private final int forgetAfter;

  private int nextSweep = SWEEP_SECONDS;
  private long waitingSince;
  private volatile int senderCount;
  private volatile int seriesCount;
  private volatile int nameCount;
  private volatile int waitingBytes;
  private volatile long beat = System.nanoTime();
  private volatile boolean ending;

  /**
   * Listens; {@link #start} begins to read.
   *
   * @throws IOException if the address is taken
   */
  Guard(GuardSettings settings) throws IOException {
    forgetAfter = settings.ttlSeconds() + TTL_MARGIN_SECONDS;
    series = new SeriesTable(settings.maxSeries(), settings.senderPart(), forgetAfter);
    exporter = new ExporterLink(selector, settings.exporter(), outgoing, this::exporterLost);
    socket.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
    socket.bind(settings.listen());
    socket.configureBlocking(false);
    socket.register(selector, SelectionKey.OP_READ);
  }

  Guard start() {
    thread.start();
    return this;
  }

  int port() throws IOException {
    return ((InetSocketAddress) socket.getLocalAddress()).getPort();
  }

  Counters counters() {
    return counters;
  }

  /** Series that the exporter has. */
  int series() {
    return seriesCount;
  }

  /** Names, each with its sets of tag keys. */
  int names() {
    return nameCount;
  }

  int maxSeries() {
    return series.max();
  }

  int senders() {
    return senderCount;
  }

  /** Bytes that wait for the exporter. */
  int waiting() {
    return waitingBytes;
  }

  boolean connected() {
    return exporter.up();
  }

  /** How long ago its thread last came round, in nanoseconds; usually less than 0.1 s. */
  long silence() {
    return System.nanoTime() - beat;
  }

  private void run() {
    try {
      while (!ending) {
        round();
      }
      finish();
    } catch (IOException e) {
      LOG.error("The guard's socket failed", e);
    }
  }

  private void round() throws IOException {
    long now = System.nanoTime();
    beat = now;
    exporter.maintain(now);
    var _ = selector.select(this::selected, outgoing.size() > 0 ? COMPANY_MILLIS : IDLE_MILLIS);
    boolean waited = outgoing.size() > 0;
    var _ = read();
    if (!waited) {
      waitingSince = System.nanoTime();
    }
    if (outgoing.size() >= ENOUGH_COMPANY_BYTES
        || System.nanoTime() - waitingSince >= COMPANY_NANOS) {
      exporter.write();
    }
    show();
    int second = second();
    if (second >= nextSweep) {
      nextSweep = second + SWEEP_SECONDS;
      series.expire(second);
      senders.forget(second - forgetAfter);
    }
  }

  /** For other threads to read. */
  private void show() {
    waitingBytes = outgoing.size();
    senderCount = senders.size();
    seriesCount = series.size();
    nameCount = series.shapes();
  }

  private void selected(SelectionKey key) {
    if (exporter.handle(key)) {
      counters.connected();
    }
  }

  private int second() {
    return (int) ((System.nanoTime() - started) / 1_000_000_000L);
  }

  /** Reads what there is; returns how many datagrams it was. */
  private int read() {
    int second = second();
    for (int i = 0; i < ROUND; i++) {
      try {
        InetSocketAddress from = (InetSocketAddress) socket.receive(datagram.clear());
        if (from == null) {
          load.caughtUp();
          return i;
        }
        counters.datagram();
        read(from.getAddress(), datagram.position(), second);
      } catch (IOException e) {
        LOG.warn("Receiving failed: {}", e.toString());
        return i;
      }
    }
    return ROUND;
  }

  private void read(InetAddress address, int length, int second) {
    try {
      take(address, length, second);
    } catch (RuntimeException e) {
      LOG.error("A datagram could not be judged", e);
      drop(Reason.INTERNAL, linesOf(length), address, 0, length, second);
    }
  }

  private void take(InetAddress address, int length, int second) {
    Sender sender = senders.of(address, second);
    if (!load.accepts(sender, length, System.nanoTime())) {
      drop(Reason.OVERLOAD, linesOf(length), address, 0, length, second);
      return;
    }
    if (!outgoing.begin(length + 1)) {
      drop(Reason.EXPORTER, linesOf(length), address, 0, length, second);
      return;
    }
    int passed = 0;
    int from = 0;
    while (from < length) {
      int to = lineEnd(from, length);
      if (to > from) {
        Reason reason = line.read(data, from, to);
        if (reason == null) {
          reason = series.push(line, sender, second);
        }
        if (reason == null) {
          outgoing.add(data, from, to, line.events());
          passed++;
        } else {
          drop(reason, 1, address, from, to, second);
        }
      }
      from = to + 1;
    }
    if (outgoing.commit(sender)) {
      counters.passed(passed);
    } else {
      drop(Reason.EXPORTER, passed, address, 0, length, second);
    }
  }

  private void drop(Reason reason, long lines, InetAddress sender, int from, int to, int second) {
    counters.dropped(reason, lines);
    complaints.dropped(reason, lines, sender, data, from, to, second);
  }

  private int lineEnd(int from, int length) {
    int to = from;
    while (to < length && data[to] != '\n') {
      to++;
    }
    return to;
  }

  private int linesOf(int length) {
    int lines = 0;
    for (int from = 0; from < length; ) {
      int to = lineEnd(from, length);
      lines += to > from ? 1 : 0;
      from = to + 1;
    }
    return lines;
  }

  /** It has forgotten everything: names, kinds and series are free again. */
  private void exporterLost() {
    counters.dropped(Reason.EXPORTER, outgoing.dropBrokenLine());
    series.clear();
    senders.release();
  }

  /** Reads what has arrived and hands it on, if the exporter takes it. */
  private void finish() throws IOException {
    while (read() == ROUND) {
      exporter.write();
    }
    long end = System.nanoTime() + LAST_WRITE_NANOS;
    while (outgoing.size() > 0 && exporter.up() && System.nanoTime() - end < 0) {
      exporter.write();
      var _ = selector.select(this::selected, COMPANY_MILLIS);
    }
    if (outgoing.size() > 0) {
      LOG.warn("{} bytes of lines are lost: the exporter did not take them.", outgoing.size());
    }
    exporter.close();
    socket.close();
    selector.close();
  }

  /** Hands on what has arrived, for at most two seconds, and ends. */
  @Override
  public void close() {
    ending = true;
    selector.wakeup();
    boolean interrupted = false;
    try {
      thread.join();
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
