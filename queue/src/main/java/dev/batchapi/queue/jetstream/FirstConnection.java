package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.QueueAccessException;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects a program that has just started: the account of its namespace may be on its way. */
public final class FirstConnection {
  private static final Logger LOG = LoggerFactory.getLogger(FirstConnection.class);

  /** How long the server may refuse it. */
  private static final Duration REFUSED_AT_MOST = Duration.ofSeconds(20);

  private static final Duration PAUSE = Duration.ofMillis(500);

  private FirstConnection() {}

  /**
   * Connects, again and again while the server refuses the credentials.
   *
   * @throws QueueAccessException if it still does after 20 s
   */
  public static <T> T of(Supplier<T> connect) throws InterruptedException {
    var started = System.nanoTime();
    while (true) {
      try {
        return connect.get();
      } catch (QueueAccessException e) {
        if (System.nanoTime() - started >= REFUSED_AT_MOST.toNanos()) {
          throw e;
        }
        LOG.warn("{}", e.getMessage());
        Thread.sleep(PAUSE);
      }
    }
  }
}
