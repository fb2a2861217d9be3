package dev.batchapi.metrics;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Between the threads that push and the transport that one thread may use: collects lines for a
 * moment, sends the sums of counters every second, and looks after the connection.
 */
final class Outbox implements AutoCloseable {
  /** How long a push may wait for other threads' writes. */
  static final long LOCK_BOUND_MILLIS = 200;

  /**
   * How long a line, or a batch's counters, wait for others to share their datagram: many short
   * batches make no more than fifty datagrams a second.
   */
  private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** How often a server that is away is looked for. */
  private static final long SEARCH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final long COUNTERS_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long END_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final Duration JOIN_BOUND = Duration.ofMillis(500);

  private final Transport transport;
  private final SeriesTable table;
  private final Losses losses;
  private final LossReport report;
  private final long zeroNanos;
  private final ReentrantLock sending = new ReentrantLock();
  private final Thread flusher;

  /** Whether the thread sleeps until counters are due, so that what comes before must wake it. */
  private volatile boolean resting;

  /** Whether counters have something to send. */
  private volatile boolean gathered;

  /** Whether that is to be sent before it is due. */
  private volatile boolean wanted;

  /** Whether the JVM is ending, so that nothing may wait for the next second. */
  private volatile boolean direct;

  private volatile boolean closed;

  Outbox(Transport transport, SeriesTable table, Losses losses, MetricsSettings settings) {
    this.transport = transport;
    this.table = table;
    this.losses = losses;
    this.report = new LossReport(losses, settings.tags());
    this.zeroNanos = TimeUnit.SECONDS.toNanos(settings.zeroSeconds());
    this.flusher = Thread.ofPlatform().daemon().name("batchapi-metrics").unstarted(this::run);
  }

  void start() {
    flusher.start();
  }

  long sent() {
    return transport.sent();
  }

  /** Takes a line of a gauge or a histogram. */
  void push(Series series, double value, boolean fromZero) {
    if (!Interrupts.lock(sending, LOCK_BOUND_MILLIS)) {
      losses.count(Loss.NETWORK, series.name(), "the network did not take what came before it");
      return;
    }
    try {
      if (closed) {
        losses.count(Loss.CLOSED, series.name(), "the client is closed");
        return;
      }
      if (fromZero) {
        transport.sendFromZero(series, value);
      } else {
        transport.send(series, value);
      }
      if (direct) {
        var _ = transport.flush();
      }
    } finally {
      sending.unlock();
    }
    wake();
  }

  /** Takes part of a counter's sum. */
  void add(Series counter, double value) {
    if (counter.add(value)) {
      gathered = true;
    }
    if (direct) {
      var _ = flush();
    } else if (closed && counter.take() != 0) {
      losses.count(Loss.CLOSED, counter.name(), "the client is closed"); // After the last flush.
    }
  }

  /** Has everything sent within 25 ms, by the other thread. */
  void flushSoon() {
    // Lines are never kept longer.
    if (gathered && !wanted) {
      wanted = true;
      wake();
    }
  }

  private void wake() {
    if (resting) {
      resting = false;
      LockSupport.unpark(flusher);
    }
  }

  boolean flush() {
    if (!Interrupts.lock(sending, LOCK_BOUND_MILLIS)) {
      return false;
    }
    try {
      if (closed || (!transport.ready() && !transport.findNow())) {
        return false;
      }
      sendCounters(true);
      return transport.flush();
    } finally {
      sending.unlock();
    }
  }

  /**
   * From now on everything is sent at once: threads still push while the JVM ends. Nobody waits for
   * this but the end of the process, so a slow machine gets its time.
   */
  void sendDirectly() {
    direct = true;
    long end = System.nanoTime() + END_NANOS;
    while (!flush() && transport.ready() && !closed && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(LINGER_NANOS);
    }
  }

  @Override
  public void close() {
    boolean locked = Interrupts.lock(sending, LOCK_BOUND_MILLIS);
    try {
      if (locked) {
        if (transport.ready() || transport.findNow()) {
          sendCounters(true);
        }
        transport.close();
      }
      closed = true;
      direct = false;
      giveUpCounters();
    } finally {
      if (locked) {
        sending.unlock();
      }
    }
    LockSupport.unpark(flusher);
    joinFlusher();
  }

  private void joinFlusher() {
    boolean interrupted = Thread.interrupted();
    try {
      var _ = flusher.join(JOIN_BOUND);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    long countersDue = System.nanoTime() + COUNTERS_NANOS;
    while (!closed) {
      rest(countersDue);
      if (Interrupts.lock(sending, LOCK_BOUND_MILLIS)) {
        try {
          countersDue = tick(countersDue);
        } finally {
          sending.unlock();
        }
      }
    }
  }

  private void rest(long countersDue) {
    if (!transport.ready()) {
      LockSupport.parkNanos(SEARCH_NANOS);
      return;
    }
    resting = true;
    // Looked at after the mark is set: what came before it would wake nobody.
    if (!hasWork()) {
      LockSupport.parkNanos(countersDue - System.nanoTime());
    }
    resting = false;
    if (hasWork()) {
      LockSupport.parkNanos(Math.min(LINGER_NANOS, countersDue - System.nanoTime()));
    }
  }

  private boolean hasWork() {
    return wanted || transport.holdsLines();
  }

  private long tick(long countersDue) {
    if (closed) {
      return countersDue;
    }
    transport.maintain();
    long now = System.nanoTime();
    long due = countersDue;
    if (wanted || now - due >= 0) {
      wanted = false;
      sendCounters(false);
      due = now + COUNTERS_NANOS;
    }
    if (transport.holdsLines()) {
      transport.pass();
    }
    return due;
  }

  /**
   * @param all also the first values of new counters that still wait behind their 0
   */
  private void sendCounters(boolean all) {
    gathered = false; // Before they are looked at: what is added from now on is marked anew.
    long now = System.nanoTime();
    for (Series counter : table.counters()) {
      if (!transport.ready()) {
        return;
      }
      if (counter.pending()) {
        if (zeroNanos > 0 && counter.firstTime(now)) {
          transport.send(counter, 0);
        }
        if (all || zeroNanos == 0 || counter.isKnownFor(zeroNanos, now)) {
          send(counter, counter.take());
        }
      }
    }
    report.send(transport);
  }

  private void send(Series counter, double sum) {
    if (Math.abs(sum) <= WireRules.LARGEST_VALUE) {
      transport.send(counter, sum);
    } else {
      losses.count(Loss.VALUE, counter.name(), "its sum " + sum + " is beyond 1e300");
    }
  }

  private void giveUpCounters() {
    for (Series counter : table.counters()) {
      if (counter.pending()) {
        double lost = counter.take();
        losses.count(
            Loss.NETWORK,
            counter.name(),
            "the server was unknown, away or not reachable to the end; " + lost + " not sent");
      }
    }
  }
}
