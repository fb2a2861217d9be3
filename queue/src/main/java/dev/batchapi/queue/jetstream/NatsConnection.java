package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.QueueAccessException;
import dev.batchapi.queue.QueueFullException;
import dev.batchapi.queue.QueueUnavailableException;
import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.Connection.Status;
import io.nats.client.ConnectionListener.Events;
import io.nats.client.ForceReconnectOptions;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that reconnects for ever, and calls that do not: each is repeated for a bounded
 * time, so all of them have to be harmless when they are done twice.
 */
public final class NatsConnection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NatsConnection.class);
  public static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(3);

  private final NatsAccess access;
  private final @Nullable CredentialsFile credentials;
  private final Duration patience;
  private final Refusals refusals = new Refusals();
  private final AtomicLong reconnects = new AtomicLong();
  private final CopyOnWriteArrayList<Runnable> afterReconnect = new CopyOnWriteArrayList<>();
  private final Connection connection;
  private final JetStream jetStream;
  private final JetStreamManagement management;
  private volatile boolean closed;

  /** One request, to be repeated if its answer is unknown. */
  public interface Call<T extends @Nullable Object> {
    T run() throws IOException, JetStreamApiException, InterruptedException, TimeoutException;
  }

  private NatsConnection(NatsAccess access, Duration patience, @Nullable String inboxPrefix) {
    this.access = access;
    this.credentials =
        access.credentials() == null ? null : new CredentialsFile(access.credentials());
    this.patience = patience;
    this.connection = connect(options(inboxPrefix));
    var options = JetStreamOptions.builder().requestTimeout(REQUEST_TIMEOUT).build();
    try {
      jetStream = connection.jetStream(options);
      management = connection.jetStreamManagement(options);
    } catch (IOException e) {
      throw new QueueUnavailableException("The queue at " + access.servers() + " went away.", e);
    }
  }

  /**
   * Connects.
   *
   * @param inboxPrefix of the only inbox that the permissions of a worker allow; null: any. Behind
   *     it come 128 random bits, for an answer is believed by its subject, and jnats' own inboxes
   *     can be guessed from a former one.
   */
  public static NatsConnection open(
      NatsAccess access, Duration patience, @Nullable String inboxPrefix) {
    return new NatsConnection(access, patience, inboxPrefix);
  }

  private Options options(@Nullable String inboxPrefix) {
    var options =
        Options.builder()
            .servers(access.servers().split(","))
            .connectionName(access.name())
            .maxReconnects(-1)
            .reconnectWait(Duration.ofMillis(250))
            .reconnectJitter(Duration.ofMillis(250))
            .connectionTimeout(Duration.ofSeconds(5))
            .pingInterval(Duration.ofSeconds(10))
            // jnats would end its reader at headers that it can't read.
            .dataPortType(ReadablePort.class.getName())
            // Nothing waits for an outage to end: a batch that is given back late is another's.
            .reconnectBufferSize(0)
            .errorListener(new LoggingErrorListener(refusals::heard))
            .connectionListener((from, event) -> connectionEvent(event))
            .inboxPrefix((inboxPrefix == null ? "_INBOX." : inboxPrefix) + random() + '.');
    if (credentials != null) {
      options.authHandler(credentials);
    }
    return options.build();
  }

  private static String random() {
    var bytes = new byte[16];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private Connection connect(Options options) {
    var pause = new PatientPause(patience);
    while (true) {
      try {
        return Nats.connect(options);
      } catch (AuthenticationException e) {
        throw new QueueAccessException(refusal(e.getMessage()), e);
      } catch (IOException e) {
        pause.orThrow("connect to the queue at " + access.servers(), reason(e));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw interrupted("connecting", e);
      }
    }
  }

  private IOException reason(IOException e) {
    var problem = credentials == null ? null : credentials.problem();
    return problem == null ? e : new IOException(problem, e);
  }

  private void connectionEvent(Events event) {
    LOG.debug("{}: {}", access.name(), event);
    refusals.event(event);
    if (event == Events.RECONNECTED) {
      reconnects.incrementAndGet();
      afterReconnect.forEach(Runnable::run);
    }
  }

  JetStream jetStream() {
    return jetStream;
  }

  JetStreamManagement management() {
    return management;
  }

  public Connection connection() {
    return connection;
  }

  /** Changes with every reconnect. */
  long reconnects() {
    return reconnects.get();
  }

  /** Calls the action, which must be quick, after every reconnect. */
  void afterReconnect(Runnable action) {
    afterReconnect.add(action);
  }

  boolean isConnected() {
    requireOpen();
    return connection.getStatus() == Status.CONNECTED;
  }

  /**
   * Connects anew if there are new credentials and the old ones will end before long. To be called
   * while no answer is awaited.
   */
  void renewIfDue() {
    if (credentials == null
        || connection.getStatus() != Status.CONNECTED
        || !credentials.isRenewed()) {
      return;
    }
    LOG.debug("{} connects with the new credentials in {}.", access.name(), access.credentials());
    try {
      connection.forceReconnect(ForceReconnectOptions.builder().flush(REQUEST_TIMEOUT).build());
    } catch (IOException e) {
      LOG.debug("Not now: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Throws if this connection will never work again. */
  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("This queue was closed by its own process.");
    }
    if (refusals.forGood() != null) {
      throw new QueueAccessException(refusal(refusals.forGood()), null);
    }
    if (connection.getStatus() == Status.CLOSED) {
      throw new QueueAccessException(refusal(connection.getLastError()), null);
    }
  }

  private String refusal(@Nullable String why) {
    return "The queue at %s refused %s for good: %s."
        .formatted(
            access.servers(),
            access.credentials() == null
                ? "a connection without credentials"
                : "the credentials in " + access.credentials(),
            why == null || why.isBlank() ? "the connection was closed" : why);
  }

  /**
   * Makes a request, again and again until it has an answer or the patience ends.
   *
   * @param what for the message: "commit batch 5"
   * @throws JetStreamApiException when the server refused
   */
  <T extends @Nullable Object> T call(String what, Call<T> call) throws JetStreamApiException {
    var pause = new PatientPause(patience);
    while (true) {
      requireOpen();
      try {
        return call.run();
      } catch (JetStreamApiException e) {
        switch (Refusal.of(e)) {
          case TRANSIENT -> pause.orThrow(what, e);
          case FULL -> throw full(what, e);
          default -> throw e;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw interrupted(what, e);
      } catch (IOException | TimeoutException | IllegalStateException e) {
        // The last: cancelled, or closed in the middle of it.
        requireOpen();
        pause.orThrow(what, e);
      }
    }
  }

  /**
   * As {@link #call}, for requests that the server has no reason to refuse.
   *
   * @throws IllegalArgumentException if what is sent is too large, which no patience helps
   */
  public <T extends @Nullable Object> T request(String what, Call<T> call) {
    try {
      return call(what, call);
    } catch (JetStreamApiException e) {
      if (Refusal.of(e) == Refusal.TOO_LARGE) {
        throw new IllegalArgumentException(
            "The queue can't %s: %s".formatted(what, e.getMessage()), e);
      }
      throw new QueueUnavailableException(
          "The queue refused to %s: %s".formatted(what, e.getMessage()), e);
    }
  }

  private static QueueFullException full(String what, Exception e) {
    return new QueueFullException(
        "The queue has no room to %s (%s): let work be done, or give it more."
            .formatted(what, e.getMessage()),
        e);
  }

  static QueueUnavailableException interrupted(String what, InterruptedException e) {
    return new QueueUnavailableException("Interrupted in the middle of: " + what, e);
  }

  /** A subject's last message by direct get, which a worker may ask for; null if there is none. */
  @Nullable Message directGet(String stream, String subject) {
    return request("read " + subject, () -> directGetOnce(stream, subject));
  }

  /** The same of what is only good to know: asked once, and without an answer there is none. */
  @Nullable Message directGetIfAnswered(String stream, String subject) {
    try {
      return directGetOnce(stream, subject);
    } catch (IOException | TimeoutException | IllegalStateException e) {
      LOG.debug("{} is not read: {}", subject, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return null;
  }

  /** The same, asked once only. */
  @Nullable Message directGetOnce(String stream, String subject)
      throws IOException, InterruptedException, TimeoutException {
    var answer =
        connection.request(
            "$JS.API.DIRECT.GET." + stream + '.' + subject, new byte[0], REQUEST_TIMEOUT);
    if (answer == null) {
      throw new TimeoutException("no answer");
    }
    return found(subject, answer);
  }

  /**
   * What the answer to a direct get has; null if there is none. A status is the server's own: of
   * what is published to a stream it takes away one in front of the headers, and a header "Status"
   * is none.
   *
   * @throws IOException if it is no answer to this question
   */
  static @Nullable Message found(String subject, Message answer) throws IOException {
    var found = DirectGet.subject(answer);
    if (subject.equals(found)) {
      return answer;
    }
    if (found != null || !answer.isStatusMessage()) {
      throw new IOException("an answer about " + found);
    }
    if (answer.getStatus().getCode() == 404) {
      return null;
    }
    throw new IOException("status " + answer.getStatus().getCode());
  }

  @Override
  public void close() {
    closed = true;
    try {
      if (connection.getStatus() == Status.CONNECTED) {
        connection.flush(Duration.ofSeconds(2)); // acknowledgements that are still on their way
      }
    } catch (TimeoutException | IllegalStateException e) {
      LOG.debug("Closing without the last acknowledgements: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      connection.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
