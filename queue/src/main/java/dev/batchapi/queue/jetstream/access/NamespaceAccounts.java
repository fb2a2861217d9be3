package dev.batchapi.queue.jetstream.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accounts of the workers' namespaces as the server should have them, and whose credentials are
 * revoked in them. What is wanted is remembered here at once and put on the server by {@link
 * #settle}; {@link #compare} finds what the server has lost, or what another process has put there.
 * Nothing is lost with this process: the server keeps it, and an account that both have lost is put
 * there again when a job of its namespace asks for credentials.
 *
 * <p>Used by threads at will.
 */
public final class NamespaceAccounts {
  private static final Logger LOG = LoggerFactory.getLogger(NamespaceAccounts.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Accounts keys;
  private final Duration validity;
  private final Clock clock;
  // Guarded by this: users' public keys and until when their credentials are refused, by namespace.
  private final Map<String, Map<String, Instant>> revoked = new HashMap<>();
  private final Set<String> unsettled = new HashSet<>();
  private final Map<String, String> namespaces = new HashMap<>(); // by job
  // Credentials that were signed before may be of jobs that are not known here.
  private Instant since;
  private boolean signs;

  /**
   * None is wanted yet.
   *
   * @param validity how long credentials last at the most
   */
  public NamespaceAccounts(Accounts keys, Duration validity, Clock clock) {
    this.keys = keys;
    this.validity = validity;
    this.clock = clock;
    since = clock.instant();
  }

  /**
   * Wants an account for this namespace.
   *
   * @param job whose workers get credentials now
   * @return whether there is something to settle now
   */
  public synchronized boolean ensure(String namespace, String job) {
    if (!signs) {
      signs = true;
      since = clock.instant();
    }
    namespaces.put(job, namespace);
    if (!revoked.containsKey(namespace)) {
      revoked.put(namespace, new HashMap<>());
      unsettled.add(namespace);
    }
    return unsettled.contains(namespace);
  }

  /**
   * Wants a job's credentials to be refused, all that there are. Harmless when repeated.
   *
   * @return whether there is something to settle now
   */
  public synchronized boolean revoke(String namespace, String job) {
    namespaces.remove(job);
    return refuse(List.of(namespace), keys.userKey(job));
  }

  /**
   * The same for its splitter's credentials alone.
   *
   * @param at when the last of them were of use: nothing is done if they have run out since
   * @return whether there is something to settle now
   */
  public synchronized boolean revokeSplitter(String namespace, String job, Instant at) {
    return at.plus(validity).isAfter(clock.instant())
        && refuse(List.of(namespace), keys.splitterKey(job));
  }

  /** The same for its collector's credentials alone. */
  public synchronized boolean revokeCollector(String namespace, String job, Instant at) {
    return at.plus(validity).isAfter(clock.instant())
        && refuse(List.of(namespace), keys.collectorKey(job));
  }

  /**
   * The same for a job that is gone; its namespace may be known here from when it got its
   * credentials, and its splitter's and collector's are revoked there as well. Without it they are
   * left to run out: most jobs have neither, and every account of every namespace would carry each
   * one's key.
   */
  public synchronized boolean revoke(String job) {
    var known = namespaces.remove(job);
    if (known == null && since.plus(validity).isBefore(clock.instant())) {
      return false; // whatever another process may have signed has run out
    }
    var among = known == null ? List.copyOf(revoked.keySet()) : List.of(known);
    var workers = refuse(among, keys.userKey(job));
    if (known == null) {
      return workers;
    }
    var splitters = refuse(among, keys.splitterKey(job));
    return refuse(among, keys.collectorKey(job)) || splitters || workers;
  }

  private boolean refuse(List<String> among, String user) {
    if (isRevoked(user)) {
      return false;
    }
    // Not before the last of them has expired may it be forgotten.
    var until = clock.instant().plus(validity);
    for (var namespace : among) {
      revoked.computeIfAbsent(namespace, n -> new HashMap<>()).put(user, until);
      unsettled.add(namespace);
    }
    return !unsettled.isEmpty();
  }

  private boolean isRevoked(String user) {
    return revoked.values().stream().anyMatch(users -> users.containsKey(user));
  }

  /**
   * Puts on the server what is wanted and not there yet.
   *
   * @throws dev.batchapi.queue.QueueUnavailableException if that does not succeed now
   */
  public void settle(AccountServer server) {
    for (var next = next(); next.isPresent(); next = next()) {
      var namespace = next.get();
      var settled = false;
      try {
        server.put(keys.namespaceAccount(namespace, wanted(namespace)));
        settled = true;
        LOG.debug("The account of namespace {} is on the server.", namespace);
      } finally {
        if (!settled) {
          unsettled(namespace);
        }
      }
    }
  }

  private synchronized Optional<String> next() {
    var next = unsettled.stream().findFirst();
    next.ifPresent(unsettled::remove);
    return next;
  }

  private synchronized void unsettled(String namespace) {
    unsettled.add(namespace);
  }

  /** With what is over taken out: the list must not grow with every job there ever was. */
  private synchronized Map<String, Instant> wanted(String namespace) {
    var users = revoked.getOrDefault(namespace, new HashMap<>());
    var now = clock.instant();
    users.values().removeIf(until -> until.isBefore(now));
    return Map.copyOf(users);
  }

  /**
   * Takes over what the server knows and this process does not, and settles what is otherwise than
   * it should be: a new disk, an older copy of one, accounts of an earlier version.
   *
   * @throws dev.batchapi.queue.QueueUnavailableException if that does not succeed now
   */
  public void compare(AccountServer server) {
    var listed = server.list(); // first: it says what a server of an earlier version lacks
    mendBatch(server);
    var there = new HashMap<String, JsonNode>();
    for (var key : listed) {
      server.find(key).flatMap(NamespaceAccounts::claims).ifPresent(c -> takeOver(c, key, there));
    }
    findDifferent(there);
    settle(server);
  }

  /** What an earlier version did not export, no account can import. */
  private void mendBatch(AccountServer server) {
    var wanted = keys.batchAccount();
    var found = server.find(keys.batchKey()).flatMap(NamespaceAccounts::claims);
    if (!found.map(c -> c.path("nats")).equals(claims(wanted).map(c -> c.path("nats")))) {
      server.put(wanted);
      LOG.info(
          "The owner's account on the server was an earlier version's, and is this one's now.");
    }
  }

  private synchronized void takeOver(JsonNode claims, String key, Map<String, JsonNode> there) {
    var namespace = claims.path("name").asText();
    if (!keys.namespaceKey(namespace).equals(key)) {
      return; // the owner's, or the server's own
    }
    there.put(namespace, claims.path("nats"));
    var users = revoked.computeIfAbsent(namespace, n -> new HashMap<>());
    claims
        .path("nats")
        .path("revocations")
        .properties()
        .forEach(
            entry ->
                users.putIfAbsent(
                    entry.getKey(), Instant.ofEpochSecond(entry.getValue().asLong())));
  }

  private synchronized void findDifferent(Map<String, JsonNode> there) {
    for (var namespace : revoked.keySet()) {
      var wanted = claims(keys.namespaceAccount(namespace, wanted(namespace))).orElseThrow();
      if (!wanted.path("nats").equals(there.get(namespace))) {
        unsettled.add(namespace);
      }
    }
  }

  private static Optional<JsonNode> claims(String jwt) {
    try {
      var body = jwt.substring(jwt.indexOf('.') + 1, jwt.lastIndexOf('.'));
      return Optional.of(JSON.readTree(Base64.getUrlDecoder().decode(body)));
    } catch (IOException | RuntimeException e) {
      LOG.debug("An account on the server can't be read.", e);
      return Optional.empty();
    }
  }
}
