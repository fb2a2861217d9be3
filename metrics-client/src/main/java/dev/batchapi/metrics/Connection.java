package dev.batchapi.metrics;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The socket to the server, replaced as time goes by.
 *
 * <p>A refusal of the server's machine (nobody listens) is reported with the next use of the
 * socket. From then on the server is away, and an empty line is sent now and then until one isn't
 * refused. Where nothing answers at all, nothing can be known, and the server counts as present.
 *
 * <p>The name is looked up again and the socket replaced every few minutes, and every two seconds
 * while the server is away: a new pod has a new address, and a socket keeps its path through a
 * Service for as long as it talks.
 */
final class Connection {
  /** How long a datagram may wait for room in the socket's buffer. */
  static final long WRITE_BOUND_MILLIS = 20;

  /** How long the first lookup is waited for; then it goes on beside. */
  static final long LOOKUP_BOUND_MILLIS = 500;

  private static final long RETRY_WRITE_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
  private static final long ANSWER_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long LOOKUP_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long REOPEN_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final int port;
  private final Addresses addresses;
  private final ChannelOpener opener;
  private final long rotationNanos;
  private final ByteBuffer emptyLine = ByteBuffer.allocateDirect(1).put(0, (byte) '\n');
  private final ByteBuffer answer = ByteBuffer.allocateDirect(1);

  private @Nullable ByteChannel channel;
  private volatile boolean present;
  private boolean probing;
  private boolean asked;
  private boolean refused;
  private long probedAt;
  private long askedAt;
  private long openedAt;
  private long stuckUntil = System.nanoTime();

  Connection(StatsdAddress.Udp server, Resolver resolver, ChannelOpener opener, Duration rotation) {
    this.port = server.port();
    this.addresses = new Addresses(server.host(), resolver);
    this.opener = opener;
    this.rotationNanos = rotation.toNanos();
    ask(System.nanoTime());
    addresses.await(LOOKUP_BOUND_MILLIS);
    reopenIfAnswered();
  }

  /** Whether there is a socket, and no sign that nobody listens. */
  boolean present() {
    return present;
  }

  /** Whether the server was found to be away since the last call: the last datagram was lost. */
  boolean refused() {
    boolean result = refused;
    refused = false;
    return result;
  }

  /** Sends one datagram; false if it was not taken within the bound. */
  boolean write(ByteBuffer datagram) {
    ByteChannel way = channel;
    if (way == null || !present) {
      return false;
    }
    try {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WRITE_BOUND_MILLIS);
      while (way.write(datagram) == 0) {
        long now = System.nanoTime();
        if (now - end >= 0 || now - stuckUntil < 0) {
          stuckUntil = now + STUCK_NANOS; // One caller waited; for a second nobody else does.
          return false;
        }
        LockSupport.parkNanos(RETRY_WRITE_NANOS);
      }
      return true;
    } catch (PortUnreachableException e) {
      lost();
      refused = true;
      return false;
    } catch (IOException | RuntimeException e) {
      lost(); // No route, or no such network: what was sent before may well have arrived.
      return false;
    }
  }

  /**
   * Looks for refusals, and for the server where it is away; replaces the socket when it is time.
   */
  void maintain() {
    if (present && wasRefused()) {
      lost();
      refused = true;
    }
    reopenIfAnswered();
    long now = System.nanoTime();
    boolean old = channel == null || now - openedAt >= (present ? rotationNanos : REOPEN_NANOS);
    // Not before the last answer was used: asking anew discards it.
    if (old && !asked && now - askedAt >= LOOKUP_NANOS) {
      ask(now);
      reopenIfAnswered();
    }
    if (!present && channel != null && now - probedAt >= PROBE_NANOS) {
      checkProbe();
      if (!present) {
        probe();
      }
    }
  }

  /** Like {@link #maintain}, and waits a moment for the answer. */
  boolean findNow() {
    if (channel == null) {
      addresses.await(LOOKUP_BOUND_MILLIS);
    }
    maintain();
    if (!present && channel != null) {
      probe();
      LockSupport.parkNanos(ANSWER_NANOS);
      checkProbe();
    }
    return present;
  }

  void close() {
    present = false;
    shut(channel);
    channel = null;
  }

  private void ask(long now) {
    asked = true;
    askedAt = now;
    addresses.refresh();
  }

  private void reopenIfAnswered() {
    if (!asked || !addresses.answered()) {
      return;
    }
    asked = false;
    InetAddress address = addresses.next();
    if (address == null) {
      return;
    }
    boolean first = channel == null;
    try {
      ByteChannel fresh = opener.open(new InetSocketAddress(address, port));
      shut(channel);
      channel = fresh;
      openedAt = System.nanoTime();
      probing = false;
      present |= first;
    } catch (IOException | RuntimeException e) {
      // No route to it, or no socket left: the old one, if any, goes on until the next try.
    }
  }

  private void lost() {
    present = false;
    probing = false;
    probedAt = System.nanoTime();
  }

  private void probe() {
    ByteChannel way = channel;
    if (way != null) {
      try {
        probing = way.write(emptyLine.clear()) > 0;
      } catch (IOException | RuntimeException e) {
        probing = false; // The refusal of an earlier one; this one was not sent.
      }
      probedAt = System.nanoTime();
    }
  }

  /** A probe that nobody refused by now was taken. */
  private void checkProbe() {
    if (probing) {
      probing = false;
      present = !wasRefused();
    }
  }

  /** The server sends nothing; a read asks the kernel for what was reported about the socket. */
  private boolean wasRefused() {
    ByteChannel way = channel;
    if (way == null) {
      return false;
    }
    try {
      var _ = way.read(answer.clear());
      return false;
    } catch (IOException | RuntimeException e) {
      return true;
    }
  }

  private static void shut(@Nullable ByteChannel old) {
    if (old != null) {
      try {
        old.close();
      } catch (IOException e) {
        // What was written is the kernel's; there is nothing left to lose.
      }
    }
  }
}
