package dev.batchapi.queue.jetstream;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener.Events;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts how often the server refused a connection's credentials since it last took them; the
 * second time is for good, and the connection is closed.
 *
 * <p>jnats gives up by itself after two equal refusals, but it waits for each of them as long as
 * for a server that doesn't answer, and this server has two words for it: that credentials have
 * expired while they were in use, and that it doesn't take them. So it needs up to three times that
 * wait, which is longer than the patience of a call.
 */
final class Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

  // Until then a refusal is the answer of the attempt to connect.
  private boolean taken;
  private @Nullable String first;
  private volatile @Nullable String forGood;

  /** What the server said at first, once it has refused for good; else null. */
  @Nullable String forGood() {
    return forGood;
  }

  /** Called for whatever the server says; jnats tells all of it, in order, on one thread. */
  void heard(Connection connection, String error) {
    if (!taken || !isRefusal(error.toLowerCase(Locale.ROOT))) {
      return;
    }
    if (first == null) {
      first = error;
    } else if (forGood == null) {
      forGood = first;
      // Wakes whoever waits for an answer. Not on this thread, which closing waits for.
      Thread.startVirtualThread(() -> close(connection));
    }
  }

  void event(Events event) {
    if (event == Events.CONNECTED || event == Events.RECONNECTED) {
      taken = true;
      first = null;
    }
  }

  // The same words as jnats knows.
  private static boolean isRefusal(String error) {
    return error.startsWith("user authentication")
        || error.startsWith("account authentication expired")
        || error.contains("authorization violation");
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (InterruptedException e) {
      LOG.debug("Interrupted while a refused connection was being closed.");
    }
  }
}
