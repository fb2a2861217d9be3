package dev.batchapi.operator.queue;

import dev.batchapi.queue.jetstream.access.Accounts;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * While the queue is away, looks whether its Secrets are: a NATS pod can't start without them, and
 * nobody else makes them again.
 */
public final class KeyKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KeyKeeper.class);
  private static final Duration EVERY = Duration.ofSeconds(30);

  private final Thread thread;

  private KeyKeeper(Thread thread) {
    this.thread = thread;
  }

  /**
   * Looks from time to time from now on.
   *
   * @param onOtherKeys ends this process, which goes by keys that are not the ones any more
   */
  public static KeyKeeper start(
      NatsKeys keys, Accounts accounts, JobQueue queue, Runnable onOtherKeys) {
    return new KeyKeeper(
        Thread.ofVirtual().name("key-keeper").start(() -> run(keys, accounts, queue, onOtherKeys)));
  }

  private static void run(NatsKeys keys, Accounts accounts, JobQueue queue, Runnable onOtherKeys) {
    try {
      while (true) {
        Thread.sleep(EVERY);
        if (!queue.connected() && !keep(keys, accounts)) {
          LOG.error("The queue has other keys than this process: it ends, to start with those.");
          onOtherKeys.run();
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("Closed.");
    }
  }

  private static boolean keep(NatsKeys keys, Accounts accounts) {
    try {
      return keys.keep(accounts);
    } catch (RuntimeException e) {
      LOG.warn("The queue's Secrets could not be looked at: {}", e.getMessage());
      return true;
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
