package dev.batchapi.queue.jetstream;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamSubscription;
import io.nats.client.support.Status;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Errors the server tells nobody in particular: of permissions, the caller sees only silence. */
final class LoggingErrorListener implements ErrorListener {
  private static final Logger LOG = LoggerFactory.getLogger(LoggingErrorListener.class);

  private final BiConsumer<Connection, String> alsoTold;

  LoggingErrorListener(BiConsumer<Connection, String> alsoTold) {
    this.alsoTold = alsoTold;
  }

  @Override
  public void errorOccurred(Connection connection, String error) {
    LOG.warn("The queue says: {}", error);
    alsoTold.accept(connection, error);
  }

  @Override
  public void exceptionOccurred(Connection connection, Exception exception) {
    LOG.debug("Connection: {}", exception.getMessage());
  }

  @Override
  public void pullStatusWarning(
      Connection connection, JetStreamSubscription subscription, Status status) {
    LOG.debug("Pull: {}", status);
  }

  @Override
  public void pullStatusError(
      Connection connection, JetStreamSubscription subscription, Status status) {
    LOG.debug("Pull: {}", status);
  }
}
