package dev.batchapi.queue;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls listeners from a thread of its own. Changes of one job that come faster than the listeners
 * take them are one call.
 */
public final class ChangeListeners implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChangeListeners.class);

  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final LinkedHashSet<String> jobs = new LinkedHashSet<>();
  private final Thread thread = Thread.ofVirtual().name("queue-changes").start(this::run);

  public Ledger.Registration add(Consumer<String> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  public void changed(String job) {
    if (listeners.isEmpty()) {
      return;
    }
    lock.lock();
    try {
      if (jobs.add(job)) {
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (true) {
        call(next());
      }
    } catch (InterruptedException e) {
      LOG.debug("No more calls: closed.");
    }
  }

  private String next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (jobs.isEmpty()) {
        changed.await();
      }
      return jobs.removeFirst();
    } finally {
      lock.unlock();
    }
  }

  private void call(String job) {
    for (var listener : listeners) {
      try {
        listener.accept(job);
      } catch (RuntimeException e) {
        LOG.error("A listener failed at a change of job {}; the others are called.", job, e);
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
