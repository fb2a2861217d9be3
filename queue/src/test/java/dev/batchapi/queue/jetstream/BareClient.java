package dev.batchapi.queue.jetstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * What anybody can do who has a program's credentials: its connection with nothing of ours around
 * it. Close it.
 */
final class BareClient implements AutoCloseable {
  private final Set<String> errors = ConcurrentHashMap.newKeySet();
  private final Connection nats;

  /** A client that is let in like this, and takes answers at inboxes of this prefix. */
  BareClient(NatsAccess access, String inboxPrefix) throws IOException, InterruptedException {
    this(access, inboxPrefix, options -> options);
  }

  BareClient(NatsAccess access, String inboxPrefix, UnaryOperator<Options.Builder> more)
      throws IOException, InterruptedException {
    var credentials = Files.readAllBytes(Objects.requireNonNull(access.credentials()));
    var options =
        Options.builder()
            .server(access.servers())
            .authHandler(Nats.staticCredentials(credentials))
            .inboxPrefix(inboxPrefix)
            .errorListener(
                new ErrorListener() {
                  @Override
                  public void errorOccurred(Connection connection, String error) {
                    // jnats tells the server's sentence in lower case.
                    errors.add(error.toLowerCase(Locale.ROOT));
                  }
                });
    nats = Nats.connect(more.apply(options).build());
  }

  Connection nats() {
    return nats;
  }

  /** Waits until the server has seen all that was sent. */
  void flush() throws Exception {
    nats.flush(Duration.ofSeconds(5));
  }

  void publish(String subject) throws Exception {
    nats.publish(subject, nats.createInbox(), "x".getBytes(UTF_8));
    flush();
  }

  void subscribe(String subject) throws Exception {
    nats.subscribe(subject);
    flush();
  }

  /** Waits until the server has refused something about a subject. */
  void awaitRefusal(String subject) {
    awaitError("\"" + subject + "\"");
  }

  /** Waits for an error with these words. */
  void awaitError(String words) {
    var lower = words.toLowerCase(Locale.ROOT);
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> errors.stream().anyMatch(error -> error.contains(lower)));
  }

  @Override
  public void close() {
    try {
      nats.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
