package dev.batchapi.metrics;

import dev.batchapi.metrics.Underway.Pushed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Sends by way of something that may block, throw, or lose an interrupt: all of it happens in a
 * thread that is no caller's. Whoever waits, waits for what that thread reports, with a bound.
 */
final class CarriedTransport implements Transport {
  /** How many lines may be underway: those of a burst while the carrier is being loaded, too. */
  static final int MOST = 32_768;

  /** So many share a datagram or several, and are passed on at once. */
  private static final int PACK = 256;

  private static final long ROOM_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long FLUSH_NANOS = TimeUnit.MILLISECONDS.toNanos(700);
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** Longer than it takes to load anything, on any machine. */
  private static final long OPENED_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final long FIND_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long REOPEN_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Losses losses;
  private final Underway underway;
  private final Carrier carrier;
  private final BlockingQueue<List<Pushed>> inbox = new LinkedBlockingQueue<>();
  private final byte[] number = new byte[NumberText.MAX_LENGTH];

  /** Taken, but not passed on yet. */
  private List<Pushed> held = new ArrayList<>();

  /** The size of that, for other threads. */
  private volatile int holds;

  private long stuckUntil = System.nanoTime();
  private volatile boolean ended;

  // Only of the thread.
  private boolean open;
  private boolean tried;
  private long triedAt;

  CarriedTransport(Losses losses, Function<Underway, Carrier> carriers) {
    this.losses = losses;
    this.underway = new Underway(losses);
    this.carrier = carriers.apply(underway);
    var _ = Thread.ofPlatform().daemon().name("batchapi-metrics-carrier").start(this::run);
  }

  @Override
  public boolean ready() {
    return underway.present();
  }

  @Override
  public boolean holdsLines() {
    return holds > 0;
  }

  @Override
  public long sent() {
    return underway.sent();
  }

  @Override
  public void send(Series series, double value) {
    int bytes = series.lineLength(NumberText.write(value, number)) + carrier.overhead();
    if (bytes > WireRules.MAX_LINE_BYTES) {
      losses.count(
          Loss.LENGTH,
          series.name(),
          "it takes " + bytes + " bytes, and a datagram has " + WireRules.MAX_LINE_BYTES);
    } else if (underway.present() && hasRoom()) {
      held.add(new Pushed(series, value));
      holds = held.size();
      if (holds >= PACK) {
        pass();
      }
    } else {
      Datagram.giveBack(series, value, losses);
    }
  }

  @Override
  public void sendFromZero(Series series, double value) {
    send(series, 0);
    send(series, value);
  }

  private boolean hasRoom() {
    if (underway.lines() + held.size() < MOST) {
      return true;
    }
    long now = System.nanoTime();
    if (now - stuckUntil >= 0 && underway.awaitFewerThan(MOST - held.size(), ROOM_NANOS)) {
      return true;
    }
    if (now - stuckUntil >= 0) {
      stuckUntil = now + STUCK_NANOS; // One caller waited; for a second nobody else does.
    }
    return false;
  }

  @Override
  public void pass() {
    if (!held.isEmpty()) {
      List<Pushed> lines = held;
      held = new ArrayList<>();
      holds = 0;
      underway.add(lines.size());
      inbox.add(lines);
    }
  }

  @Override
  public boolean flush() {
    pass();
    var _ = underway.awaitOpened(OPENED_NANOS);
    long now = System.nanoTime();
    if (now - stuckUntil < 0) {
      return underway.lines() == 0 && underway.present();
    }
    if (!underway.awaitNone(FLUSH_NANOS)) {
      stuckUntil = now + STUCK_NANOS;
      return false;
    }
    return underway.present();
  }

  @Override
  public void maintain() {
    // The thread does.
  }

  @Override
  public boolean findNow() {
    inbox.add(List.of());
    return underway.awaitPresent(FIND_NANOS);
  }

  @Override
  public void close() {
    pass();
    var _ = underway.awaitOpened(OPENED_NANOS);
    var _ = underway.awaitNone(CLOSE_NANOS);
    ended = true;
    inbox.add(List.of());
    underway.close();
  }

  private void run() {
    while (!ended) {
      List<Pushed> lines = next();
      try {
        look();
      } catch (IOException | RuntimeException | LinkageError e) {
        underway.away(e);
      } finally {
        underway.opened();
      }
      carry(lines);
    }
    try {
      carrier.close();
    } catch (RuntimeException | LinkageError e) {
      // Nothing is underway any more.
    }
  }

  /** Opens at once, and later looks after the way several times a second. */
  private List<Pushed> next() {
    if (!tried) {
      return List.of();
    }
    try {
      List<Pushed> lines = inbox.poll(PROBE_NANOS, TimeUnit.NANOSECONDS);
      return lines == null ? List.of() : lines;
    } catch (InterruptedException e) {
      return List.of(); // Of this thread nobody knows but whoever looks for it.
    }
  }

  private void look() throws IOException {
    underway.giveUpAfter(SILENT_NANOS);
    long now = System.nanoTime();
    boolean due = !tried || now - triedAt >= REOPEN_NANOS;
    if (due && (!open || carrier.old())) {
      tried = true;
      triedAt = now;
      carrier.open();
      open = true;
      underway.found();
    } else if (open && !underway.present()) {
      carrier.probe();
      underway.found();
    }
  }

  private void carry(List<Pushed> lines) {
    for (int i = 0; i < lines.size(); i++) {
      Pushed line = lines.get(i);
      if (!open || !underway.present()) {
        underway.notCarried(lines.subList(i, lines.size()));
        return;
      }
      underway.taken(line);
      try {
        carrier.carry(line.series(), line.value());
      } catch (IOException | RuntimeException | LinkageError e) {
        underway.refused();
        underway.away(e);
      }
    }
  }
}
