package dev.batchapi.metrics;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Sends with java-dogstatsd-client, which says where the metrics come from as an agent wants it.
 *
 * <p>A Unix socket is found again by itself, since each datagram names it. For UDP the library
 * resolves its host once and is never told that nobody listens, so that it is replaced every few
 * minutes.
 */
final class Dogstatsd implements Carrier {
  private static final Duration ROTATION = Duration.ofMinutes(5);

  private final StatsdAddress server;
  private final Underway underway;
  private final int overhead;
  private final @Nullable Addresses addresses;
  private final long rotationNanos;
  private @Nullable WatchedClient client;
  private long openedAt;

  Dogstatsd(StatsdAddress server, Underway underway) {
    this(server, underway, InetAddress::getAllByName, ROTATION);
  }

  Dogstatsd(StatsdAddress server, Underway underway, Resolver resolver, Duration rotation) {
    this.server = server;
    this.underway = underway;
    this.overhead = server instanceof StatsdAddress.Udp ? Origin.longest(System.getenv()) : 0;
    this.addresses =
        server instanceof StatsdAddress.Udp udp ? new Addresses(udp.host(), resolver) : null;
    this.rotationNanos = rotation.toNanos();
  }

  @Override
  public int overhead() {
    return overhead;
  }

  @Override
  public void open() throws IOException {
    switch (server) {
      case StatsdAddress.Unix unix -> client = WatchedClient.unix(unix.path(), underway);
      case StatsdAddress.Udp udp -> {
        InetSocketAddress address = new InetSocketAddress(resolve(udp), udp.port());
        close(); // First, so that lines keep their order.
        client = WatchedClient.udp(() -> address, underway);
      }
    }
    openedAt = System.nanoTime();
  }

  private InetAddress resolve(StatsdAddress.Udp udp) throws IOException {
    Addresses known = addresses;
    if (known != null) {
      known.refresh();
      known.await(Connection.LOOKUP_BOUND_MILLIS);
      InetAddress address = known.next();
      if (address != null) {
        return address;
      }
    }
    throw new IOException("the host " + udp.host() + " is not known yet");
  }

  @Override
  public void carry(Series series, double value) throws IOException {
    if (client == null) {
      throw new IOException("it was never reached");
    }
    client.carry(series, value);
  }

  @Override
  public void probe() throws IOException {
    if (client != null) {
      client.probe();
    }
  }

  @Override
  public boolean old() {
    return addresses != null && System.nanoTime() - openedAt >= rotationNanos;
  }

  /** Sends what it holds. */
  @Override
  public void close() {
    WatchedClient last = client;
    client = null;
    if (last != null) {
      last.close();
    }
  }
}
