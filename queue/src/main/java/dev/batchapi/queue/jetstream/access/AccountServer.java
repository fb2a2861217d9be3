package dev.batchapi.queue.jetstream.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.jetstream.NatsAccess;
import dev.batchapi.queue.jetstream.NatsConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** The accounts that a server keeps in a folder of its own: puts them there and reads them. */
public final class AccountServer implements AutoCloseable {
  static final String UPDATE = "$SYS.REQ.CLAIMS.UPDATE";
  static final String LIST = "$SYS.REQ.CLAIMS.LIST";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final NatsAccess access;
  private final NatsConnection nats;

  private AccountServer(NatsAccess access, NatsConnection nats) {
    this.access = access;
    this.nats = nats;
  }

  static String lookup(String account) {
    return "$SYS.REQ.ACCOUNT." + account + ".CLAIMS.LOOKUP";
  }

  /**
   * Connects.
   *
   * @param access with {@link Accounts#accountKeeperCredentials}
   * @throws QueueUnavailableException if there is no server within this time
   * @throws dev.batchapi.queue.QueueAccessException if the server refuses the credentials
   */
  public static AccountServer connect(NatsAccess access, Duration patience) {
    return new AccountServer(access, NatsConnection.open(access, patience, null));
  }

  /**
   * The public keys of all accounts.
   *
   * @throws QueueUnavailableException if there is no answer, also because the server keeps none
   */
  List<String> list() {
    JsonNode answer;
    try {
      answer = JSON.readTree(request("list the accounts", LIST, ""));
    } catch (QueueUnavailableException e) {
      throw new QueueUnavailableException(
          ("The queue's server at %s is reached, but does not tell its accounts. If this lasts, it runs"
                  + " with the configuration of an earlier version: see Upgrade in docs/operations.md.")
              .formatted(access.servers()),
          e);
    } catch (IOException e) {
      throw new QueueUnavailableException("The queue's list of accounts is none.", e);
    }
    var keys = new ArrayList<String>();
    answer.path("data").forEach(key -> keys.add(key.asText()));
    return keys;
  }

  /** An account's JWT, by its public key. */
  Optional<String> find(String account) {
    var jwt = request("read an account", lookup(account), "");
    return jwt.isEmpty() ? Optional.empty() : Optional.of(jwt);
  }

  /**
   * Puts an account there, or replaces it; connections of users that it revokes are cut at once.
   *
   * @throws QueueUnavailableException if the server did not take it
   */
  void put(String jwt) {
    var answer = request("put an account on the server", UPDATE, jwt);
    try {
      if (JSON.readTree(answer).path("data").path("code").asInt() == 200) {
        return;
      }
    } catch (IOException e) {
      throw new QueueUnavailableException("The queue's answer can't be read: " + answer, e);
    }
    throw new QueueUnavailableException("The queue did not take an account: " + answer, null);
  }

  private String request(String what, String subject, String body) {
    return nats.request(
        what,
        () -> {
          var answer =
              nats.connection()
                  .request(subject, body.getBytes(UTF_8), NatsConnection.REQUEST_TIMEOUT);
          if (answer == null || answer.isStatusMessage()) {
            throw new TimeoutException("no answer");
          }
          return new String(answer.getData(), UTF_8);
        });
  }

  @Override
  public void close() {
    nats.close();
  }
}
