package dev.batchapi.queue.jetstream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nats.client.NKey;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what on the NATS server: keys, the server's configuration, credentials.
 *
 * <p>The owner lives in account BATCH with the streams. Workers live in account WORKERS, which sees
 * of BATCH only what a worker needs, and there each may use only the subjects of its own job, by a
 * template that is part of the account: the key that signs workers can't sign anything else. Two
 * accounts and not one, for within an account a reply subject is not checked, and the server would
 * carry a message to another job. Nothing on the server changes when a job comes or goes.
 */
public final class Accounts {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Instant created;
  private final NKey operator;
  private final NKey system;
  private final NKey batch;
  private final NKey workers;
  private final NKey workerSigner;

  private Accounts(
      Instant created, NKey operator, NKey system, NKey batch, NKey workers, NKey workerSigner) {
    this.created = created;
    this.operator = operator;
    this.system = system;
    this.batch = batch;
    this.workers = workers;
    this.workerSigner = workerSigner;
  }

  /** New keys. */
  public static Accounts generate() {
    var random = new SecureRandom();
    try {
      return new Accounts(
          Instant.ofEpochSecond(Instant.now().getEpochSecond()),
          NKey.createOperator(random),
          NKey.createAccount(random),
          NKey.createAccount(random),
          NKey.createAccount(random),
          NKey.createAccount(random));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("This Java can't make Ed25519 keys.", e);
    }
  }

  /**
   * The keys as JSON: a secret. From it comes the same server configuration again.
   *
   * @see #fromJson
   */
  public String toJson() {
    return JSON.createObjectNode()
        .put("created", created.getEpochSecond())
        .put("operator", new String(operator.getSeed()))
        .put("system", new String(system.getSeed()))
        .put("batch", new String(batch.getSeed()))
        .put("workers", new String(workers.getSeed()))
        .put("workerSigner", new String(workerSigner.getSeed()))
        .toString();
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IllegalArgumentException if it is something else; the message shows nothing of it
   */
  public static Accounts fromJson(String json) {
    try {
      var keys = (ObjectNode) JSON.readTree(json);
      return new Accounts(
          Instant.ofEpochSecond(keys.required("created").asLong()),
          key(keys, "operator", NKey.Type.OPERATOR),
          key(keys, "system", NKey.Type.ACCOUNT),
          key(keys, "batch", NKey.Type.ACCOUNT),
          key(keys, "workers", NKey.Type.ACCOUNT),
          key(keys, "workerSigner", NKey.Type.ACCOUNT));
    } catch (JsonProcessingException | IllegalArgumentException | ClassCastException e) {
      throw new IllegalArgumentException(
          "The queue's keys can't be read: they are not what this program has written.");
    }
  }

  private static NKey key(ObjectNode keys, String name, NKey.Type type) {
    var key = NKey.fromSeed(keys.required(name).asText().toCharArray());
    if (key.getType() != type) {
      throw new IllegalArgumentException(name);
    }
    return key;
  }

  /**
   * The server's configuration: one replica that syncs every message to disk.
   *
   * @param listen host and port for clients: {@code 0.0.0.0:4222}
   * @param monitoring host and port where the server tells of everybody's connections and inboxes,
   *     without a password: {@code 127.0.0.1:8222}
   * @param folder where the streams are kept
   */
  public String serverConfig(String listen, String monitoring, String folder) {
    return """
        listen: "%s"
        http: "%s"
        max_payload: 2MB
        jetstream {
          store_dir: "%s"
          sync_interval: always
        }
        operator: %s
        system_account: %s
        resolver: MEMORY
        resolver_preload: {
          %s: %s
          %s: %s
          %s: %s
        }
        """
        .formatted(
            listen,
            monitoring,
            folder,
            sign(operator, operator, "batchapi", AccountClaims.operator()),
            Jwt.publicKey(system),
            Jwt.publicKey(system),
            // The server's own; nobody gets credentials for it.
            sign(operator, system, "SYS", AccountClaims.system()),
            Jwt.publicKey(batch),
            sign(operator, batch, "BATCH", AccountClaims.batch()),
            Jwt.publicKey(workers),
            sign(operator, workers, "WORKERS", workerClaims()));
  }

  private ObjectNode workerClaims() {
    return AccountClaims.workers(Jwt.publicKey(batch), Jwt.publicKey(workerSigner));
  }

  private String sign(NKey issuer, NKey subject, String name, ObjectNode claims) {
    return Jwt.sign(issuer, new Jwt.Subject(Jwt.publicKey(subject), name, created, null), claims);
  }

  /**
   * Credentials with which everything may be done in account BATCH.
   *
   * @return the contents of a credentials file
   */
  public String ownerCredentials(String name) {
    return credentials(batch, name, null, AccountClaims.owner());
  }

  /**
   * Credentials with which the work of one job may be done, and nothing else.
   *
   * @param expires from then on the server refuses them and cuts the connection; null: never
   * @return the contents of a credentials file
   */
  public String workerCredentials(String job, @Nullable Instant expires) {
    return credentials(
        workerSigner,
        Subjects.checkJob(job),
        expires,
        AccountClaims.worker(Jwt.publicKey(workers)));
  }

  private static String credentials(
      NKey signer, String name, @Nullable Instant expires, ObjectNode claims) {
    NKey user;
    try {
      user = NKey.createUser(new SecureRandom());
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("This Java can't make Ed25519 keys.", e);
    }
    var subject = new Jwt.Subject(Jwt.publicKey(user), name, Instant.now(), expires);
    return String.join(
        "\n",
        List.of(
            "-----BEGIN NATS USER JWT-----",
            Jwt.sign(signer, subject, claims),
            "------END NATS USER JWT------",
            "",
            "-----BEGIN USER NKEY SEED-----",
            new String(user.getSeed()),
            "------END USER NKEY SEED------",
            ""));
  }
}
