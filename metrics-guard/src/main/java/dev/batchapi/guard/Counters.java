package dev.batchapi.guard;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** What the guard counts. Written by its own thread alone, read by any. */
final class Counters {
  private final AtomicLong datagrams = new AtomicLong();
  private final AtomicLong passed = new AtomicLong();
  private final AtomicLong connections = new AtomicLong();
  private final Map<Reason, AtomicLong> dropped = new EnumMap<>(Reason.class);

  Counters() {
    for (Reason reason : Reason.values()) {
      dropped.put(reason, new AtomicLong());
    }
  }

  void datagram() {
    add(datagrams, 1);
  }

  void passed(long lines) {
    add(passed, lines);
  }

  void connected() {
    add(connections, 1);
  }

  void dropped(Reason reason, long lines) {
    add(of(reason), lines);
  }

  /** There is one writer, so no exchange is needed. */
  private static void add(AtomicLong counter, long more) {
    counter.setRelease(counter.getPlain() + more);
  }

  private AtomicLong of(Reason reason) {
    return Objects.requireNonNull(dropped.get(reason));
  }

  long datagrams() {
    return datagrams.getAcquire();
  }

  /** Lines that were handed on. */
  long passed() {
    return passed.getAcquire();
  }

  /** How often the exporter was connected to. */
  long connections() {
    return connections.getAcquire();
  }

  long dropped(Reason reason) {
    return of(reason).getAcquire();
  }
}
