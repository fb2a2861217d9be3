package dev.batchapi.metrics;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Work that a handler's interrupt neither cuts short nor loses: the flag is set again afterwards.
 */
final class Interrupts {
  private Interrupts() {}

  /** Waits for a lock for up to {@code millis}, whatever interrupts. */
  static boolean lock(ReentrantLock lock, long millis) {
    if (lock.tryLock()) {
      return true;
    }
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return lock.tryLock(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
