package dev.batchapi.guard;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who has sent something lately. A source address can be forged, so their number is bounded: those
 * beyond it are one sender together.
 */
final class Senders {
  private final int max;
  private final Map<Address, Sender> known = new HashMap<>();
  private final Sender others = new Sender();
  private @Nullable InetAddress last;
  private Sender lastSender = others;

  /** Comparable, so that addresses made to share a hash slow nothing down. */
  private record Address(long high, long low) implements Comparable<Address> {
    static Address of(InetAddress address) {
      ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
      return bytes.remaining() == Integer.BYTES
          ? new Address(0, bytes.getInt())
          : new Address(bytes.getLong(), bytes.getLong());
    }

    @Override
    public int compareTo(Address other) {
      int first = Long.compare(high, other.high);
      return first != 0 ? first : Long.compare(low, other.low);
    }
  }

  Senders(int max) {
    this.max = max;
  }

  Sender of(InetAddress address, int now) {
    Sender sender = address.equals(last) ? lastSender : find(Address.of(address));
    last = address;
    lastSender = sender;
    sender.lastSeen = now;
    return sender;
  }

  private Sender find(Address address) {
    Sender sender = known.get(address);
    if (sender == null) {
      if (known.size() >= max) {
        return others;
      }
      sender = new Sender();
      known.put(address, sender);
    }
    return sender;
  }

  int size() {
    return known.size();
  }

  /** Forgets who was silent since then and holds nothing. */
  void forget(int silentSince) {
    known.values().removeIf(s -> s.lastSeen < silentSince && s.series == 0 && s.queued == 0);
    last = null;
  }

  /** What everybody held of series and names is gone with the exporter. */
  void release() {
    known.values().forEach(Senders::release);
    release(others);
  }

  private static void release(Sender sender) {
    sender.series = 0;
    sender.shapes = 0;
  }
}
