package dev.batchapi.metrics;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a host name stands for, looked up beside the threads that push, since it may take seconds.
 */
final class Addresses {
  private final String host;
  private final Resolver resolver;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition answered = lock.newCondition();
  private InetAddress @Nullable [] known;
  private int next;
  private boolean asking;

  Addresses(String host, Resolver resolver) {
    this.host = host;
    this.resolver = resolver;
  }

  /**
   * Asks anew, unless a question is under way. An address, as opposed to a name, needs no thread.
   */
  void refresh() {
    lock.lock();
    try {
      if (asking) {
        return;
      }
      asking = true;
    } finally {
      lock.unlock();
    }
    InetAddress literal = literal();
    if (literal != null) {
      answer(new InetAddress[] {literal});
    } else {
      var _ = Thread.ofPlatform().daemon().name("batchapi-metrics-lookup").start(this::ask);
    }
  }

  /** Waits for the answer to the last question for up to {@code millis}. */
  void await(long millis) {
    boolean interrupted = Thread.interrupted();
    lock.lock();
    try {
      long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
      while (asking && nanos > 0) {
        nanos = answered.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether the last question was answered, be it that nothing was found. */
  boolean answered() {
    lock.lock();
    try {
      return !asking;
    } finally {
      lock.unlock();
    }
  }

  /** One of the addresses known, another one each time; null if there is none yet. */
  @Nullable InetAddress next() {
    lock.lock();
    try {
      return known == null ? null : known[next++ % known.length];
    } finally {
      lock.unlock();
    }
  }

  private void ask() {
    try {
      answer(resolver.resolve(host));
    } catch (UnknownHostException | RuntimeException e) {
      answer(null); // What was known stays: a name server that fails says nothing about the server.
    }
  }

  private void answer(InetAddress @Nullable [] found) {
    lock.lock();
    try {
      if (found != null && found.length > 0) {
        known = found;
        next = 0;
      }
      asking = false;
      answered.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable InetAddress literal() {
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
