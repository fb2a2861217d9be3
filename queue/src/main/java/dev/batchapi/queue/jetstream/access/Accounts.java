package dev.batchapi.queue.jetstream.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.batchapi.queue.jetstream.Subjects;
import io.nats.client.NKey;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what on the NATS server: keys, the server's configuration, credentials.
 *
 * <p>The owner lives in account BATCH with the streams. The workers of each namespace live in an
 * account of their own, which sees of BATCH only what a worker needs, and there each may use only
 * the subjects of its own job, by a template that is part of the account: the key that signs
 * workers can't sign anything else. Accounts of their own, for within one a reply subject is not
 * checked, and the server would carry a message to somebody else's inbox. A namespace's account is
 * put on the server when its first job is accepted: {@link NamespaceAccounts}.
 *
 * <p>The keys of namespaces and of jobs follow from the ones that are stored.
 */
public final class Accounts {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Instant created;
  private final NKey operator;
  private final NKey system;
  private final NKey batch;
  // Secrets from which the keys of namespaces, and those of their signers and users, follow.
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

  /** New keys, of random numbers. */
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
        resolver {
          type: full
          dir: "%s/accounts"
        }
        resolver_preload: {
          %s: %s
          %s: %s
        }
        """
        .formatted(
            listen,
            monitoring,
            folder,
            sign(operator, operator, "batchapi", Permissions.operator()),
            Jwt.publicKey(system),
            folder,
            Jwt.publicKey(system),
            sign(operator, system, "SYS", Permissions.system()),
            Jwt.publicKey(batch),
            sign(operator, batch, "BATCH", Permissions.batch()));
  }

  private String sign(NKey issuer, NKey subject, String name, ObjectNode claims) {
    return Jwt.sign(issuer, new Jwt.Subject(Jwt.publicKey(subject), name, created, null), claims);
  }

  /**
   * The account of a namespace's workers, as the server is to know it.
   *
   * @param revoked users, by public key, whose credentials are refused if they were issued up to
   *     then
   * @return a signed JWT
   */
  public String namespaceAccount(String namespace, Map<String, Instant> revoked) {
    var subject = new Jwt.Subject(namespaceKey(namespace), namespace, Instant.now(), null);
    var signers =
        new Permissions.Signers(
            Jwt.publicKey(signer(namespace)),
            Jwt.publicKey(splitterSigner(namespace)),
            Jwt.publicKey(collectorSigner(namespace)));
    return Jwt.sign(
        operator, subject, Permissions.namespace(Jwt.publicKey(batch), signers, revoked));
  }

  /** The public key of the owner's account. */
  String batchKey() {
    return Jwt.publicKey(batch);
  }

  /** The owner's account as this version has it: a server that runs may have an earlier one's. */
  String batchAccount() {
    return Jwt.sign(
        operator, new Jwt.Subject(batchKey(), "BATCH", Instant.now(), null), Permissions.batch());
  }

  /** The public key of a namespace's account. */
  public String namespaceKey(String namespace) {
    return Jwt.publicKey(DerivedKey.account(workers, "namespace " + namespace));
  }

  private NKey signer(String namespace) {
    return DerivedKey.account(workerSigner, "signer " + namespace);
  }

  private NKey splitterSigner(String namespace) {
    return DerivedKey.account(workerSigner, "splitter signer " + namespace);
  }

  private NKey collectorSigner(String namespace) {
    return DerivedKey.account(workerSigner, "collector signer " + namespace);
  }

  /** The public key of the one user that a job's collectors are. */
  String collectorKey(String job) {
    return Jwt.publicKey(collector(job));
  }

  private NKey collector(String job) {
    return DerivedKey.user(workerSigner, "collector " + job);
  }

  /** The public key of the one user that a job's splitters are. */
  String splitterKey(String job) {
    return Jwt.publicKey(splitter(job));
  }

  private NKey splitter(String job) {
    return DerivedKey.user(workerSigner, "splitter " + job);
  }

  /** The public key of the one user that all workers of a job are. */
  String userKey(String job) {
    return Jwt.publicKey(user(job));
  }

  private NKey user(String job) {
    return DerivedKey.user(workerSigner, "job " + job);
  }

  /**
   * Credentials with which everything may be done in account BATCH.
   *
   * @return the contents of a credentials file
   */
  public String ownerCredentials(String name) {
    return credentials(batch, newUser(), name, null, Permissions.owner());
  }

  /**
   * Credentials with which the accounts of namespaces may be put on the server and read there, and
   * nothing else.
   *
   * @return the contents of a credentials file
   */
  public String accountKeeperCredentials(String name) {
    return credentials(system, newUser(), name, null, Permissions.accountKeeper());
  }

  /**
   * Credentials with which the work of one job may be done, and nothing else. Of use while the
   * server has the namespace's account.
   *
   * @param expires from then on the server refuses them and cuts the connection; null: never
   * @return the contents of a credentials file
   */
  public String workerCredentials(String namespace, String job, @Nullable Instant expires) {
    return ofJob(namespace, job, signer(namespace), user(Subjects.checkJob(job)), expires);
  }

  /**
   * Credentials with which it may be written where one job's batches lie, and nothing else. Of use
   * while the server has the namespace's account.
   *
   * @param expires from then on the server refuses them and cuts the connection; null: never
   * @return the contents of a credentials file
   */
  public String splitterCredentials(String namespace, String job, @Nullable Instant expires) {
    return ofJob(
        namespace, job, splitterSigner(namespace), splitter(Subjects.checkJob(job)), expires);
  }

  /**
   * Credentials with which one job's outcomes may be read, and how that went be written, and
   * nothing else. Of use while the server has the namespace's account.
   *
   * @param expires from then on the server refuses them and cuts the connection; null: never
   * @return the contents of a credentials file
   */
  public String collectorCredentials(String namespace, String job, @Nullable Instant expires) {
    return ofJob(
        namespace, job, collectorSigner(namespace), collector(Subjects.checkJob(job)), expires);
  }

  /** What they permit is the signer's, by its scope. */
  private String ofJob(
      String namespace, String job, NKey signer, NKey user, @Nullable Instant expires) {
    return credentials(signer, user, job, expires, Permissions.scoped(namespaceKey(namespace)));
  }

  private static NKey newUser() {
    try {
      return NKey.createUser(new SecureRandom());
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("This Java can't make Ed25519 keys.", e);
    }
  }

  private static String credentials(
      NKey signer, NKey user, String name, @Nullable Instant expires, ObjectNode claims) {
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
