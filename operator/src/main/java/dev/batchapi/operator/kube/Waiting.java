package dev.batchapi.operator.kube;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for what the operator can't start without, and says what that is: kinder than a restart
 * every few seconds.
 */
public final class Waiting {
  private static final Logger LOG = LoggerFactory.getLogger(Waiting.class);
  private static final Duration TRY_AGAIN = Duration.ofSeconds(1);
  private static final Duration SAY_AGAIN = Duration.ofMinutes(1);

  private final Consumer<String> missing;
  private String said = "";
  private long saidAt;

  /**
   * Waits for nothing yet.
   *
   * @param missing gets, each time, what is missing: a sentence
   */
  public Waiting(Consumer<String> missing) {
    this.missing = missing;
  }

  /**
   * Tries until it succeeds.
   *
   * @param attempt throws {@link IllegalStateException} with a sentence that says what is missing,
   *     or {@link KubernetesClientException}
   */
  public <T> T until(Supplier<T> attempt) throws InterruptedException {
    while (true) {
      try {
        return attempt.get();
      } catch (IllegalStateException e) {
        say(String.valueOf(e.getMessage()));
      } catch (KubernetesClientException e) {
        say("The API server did not do what it was asked: %s".formatted(e.getMessage()));
      }
      Thread.sleep(TRY_AGAIN);
    }
  }

  private void say(String what) {
    missing.accept(what);
    if (!said.equals(what) || System.nanoTime() - saidAt > SAY_AGAIN.toNanos()) {
      said = what;
      saidAt = System.nanoTime();
      LOG.warn("{} Waiting for it.", what);
    }
  }
}
