package dev.batchapi.metrics;

import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Sends lines over a socket of our own, in datagrams as full as the lines allow. */
final class UdpTransport implements Transport {
  private static final Duration ROTATION = Duration.ofMinutes(5);

  private final Losses losses;
  private final Connection connection;
  private final Datagram datagram = new Datagram(WireRules.MAX_LINE_BYTES);
  private final byte[] number = new byte[NumberText.MAX_LENGTH];
  private final LongAdder sent = new LongAdder();
  private int linesOfLast;

  UdpTransport(StatsdAddress.Udp server, Losses losses) {
    this(
        losses,
        new Connection(server, InetAddress::getAllByName, ChannelOpener::datagram, ROTATION));
  }

  UdpTransport(Losses losses, Connection connection) {
    this.losses = losses;
    this.connection = connection;
  }

  @Override
  public boolean ready() {
    return connection.present();
  }

  @Override
  public boolean holdsLines() {
    return datagram.lines() > 0;
  }

  @Override
  public long sent() {
    return sent.sum();
  }

  @Override
  public void send(Series series, double value) {
    int length = NumberText.write(value, number);
    if (reserve(series, value, series.lineLength(length))) {
      datagram.put(series, value, number, length);
    }
  }

  @Override
  public void sendFromZero(Series series, double value) {
    int length = NumberText.write(value, number);
    if (reserve(series, value, series.lineLength(1) + 1 + series.lineLength(length))) {
      datagram.putZero(series);
      datagram.put(series, value, number, length);
    }
  }

  private boolean reserve(Series series, double value, int bytes) {
    if (bytes > WireRules.MAX_LINE_BYTES) {
      losses.count(
          Loss.LENGTH,
          series.name(),
          "it takes " + bytes + " bytes, and a datagram has " + WireRules.MAX_LINE_BYTES);
      return false;
    }
    if (!datagram.hasRoom(bytes)) {
      var _ = flush();
    }
    if (!connection.present()) {
      Datagram.giveBack(series, value, losses);
      return false;
    }
    return true;
  }

  @Override
  public void pass() {
    var _ = flush();
  }

  @Override
  public boolean flush() {
    int lines = datagram.lines();
    if (lines == 0) {
      return connection.present();
    }
    boolean written = connection.write(datagram.bytes());
    countRefusal();
    if (written) {
      sent.add(lines);
      linesOfLast = lines;
      datagram.clear();
    } else {
      datagram.giveBack(losses);
    }
    return written;
  }

  @Override
  public void maintain() {
    connection.maintain();
    countRefusal();
  }

  @Override
  public boolean findNow() {
    boolean found = connection.findNow();
    countRefusal();
    return found;
  }

  @Override
  public void close() {
    var _ = flush();
    connection.close();
  }

  /**
   * A refusal is about the last datagram that seemed to be sent; it may be about earlier ones too.
   */
  private void countRefusal() {
    if (connection.refused() && linesOfLast > 0) {
      sent.add(-linesOfLast);
      losses.count(Loss.NETWORK, linesOfLast, null, "nobody listens at the server's address");
      linesOfLast = 0;
    }
  }
}
