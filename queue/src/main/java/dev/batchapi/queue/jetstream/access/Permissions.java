package dev.batchapi.queue.jetstream.access;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.batchapi.queue.Splits;
import dev.batchapi.queue.jetstream.Subjects;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the server is told of the accounts and their users. */
final class Permissions {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of all that account BATCH understands, what workers, splitters and collectors may say. */
  private static final List<String> SERVICES =
      List.of(
          "$JS.API.CONSUMER.MSG.NEXT.WORK.*",
          "$JS.ACK.WORK.>",
          "out.>",
          "try.>",
          "$JS.API.DIRECT.GET.TRY.>",
          "$JS.API.DIRECT.GET.OUT.>",
          "$JS.API.DIRECT.GET.SPLIT.>",
          "split.>",
          "rate.*",
          "$JS.API.DIRECT.GET.RATE.rate.*",
          "wait.*",
          "progress.*.*");

  /** A pull has more than one answer. */
  private static final String STREAMED = SERVICES.getFirst();

  /** And what one worker may say: {{name()}} is the user's name, its job. */
  private static final List<String> WORKER_PUBLISHES =
      List.of(
          "$JS.API.CONSUMER.MSG.NEXT.WORK.{{name()}}",
          "$JS.ACK.WORK.{{name()}}.>",
          "out.{{name()}}.*",
          "try.{{name()}}.*",
          "$JS.API.DIRECT.GET.TRY.try.{{name()}}.*",
          "$JS.API.DIRECT.GET.OUT.out.{{name()}}.*",
          "$JS.API.DIRECT.GET.OUT.end.{{name()}}",
          "rate.{{name()}}",
          "$JS.API.DIRECT.GET.RATE.rate.{{name()}}",
          "wait.{{name()}}",
          "progress.{{name()}}.worker");

  private static final String WORKER_INBOX = Subjects.inboxPrefix("{{name()}}") + ">";

  /**
   * And what a splitter may say, which reads nothing: a try's number and a record's name, and how
   * far it is.
   */
  private static final List<String> SPLITTER_PUBLISHES =
      List.of("split.{{name()}}.*.*", "progress.{{name()}}.split");

  private static final String SPLITTER_INBOX = Subjects.splitterInboxPrefix("{{name()}}") + ">";

  /** Among them are the collectors' and the owner's records, which are not its own. */
  private static final List<String> SPLITTER_DENIED =
      List.of("split.{{name()}}.collect.*", "split.{{name()}}.%d.*".formatted(Splits.OWNER));

  /**
   * And what a collector may say: it reads what was recorded, and writes how far it is and how it
   * ended.
   */
  private static final List<String> COLLECTOR_PUBLISHES =
      List.of(
          "split.{{name()}}.collect.*",
          "progress.{{name()}}.collect",
          "$JS.API.DIRECT.GET.SPLIT.split.{{name()}}.*.*",
          "$JS.API.DIRECT.GET.OUT.out.{{name()}}.*",
          "$JS.API.DIRECT.GET.OUT.end.{{name()}}");

  private static final String COLLECTOR_INBOX = Subjects.collectorInboxPrefix("{{name()}}") + ">";

  /** A worker has two or three at a time; each one costs the server memory. */
  private static final int USERS_SUBSCRIPTIONS = 100;

  /** Of all workers of a namespace together; about 25 KB of the server's memory each. */
  private static final int NAMESPACE_CONNECTIONS = 5_000;

  private Permissions() {}

  static ObjectNode operator() {
    return JSON.createObjectNode().put("type", "operator");
  }

  static ObjectNode system() {
    return account(0);
  }

  static ObjectNode batch() {
    var claims = account(-1);
    var exports = claims.putArray("exports");
    for (var service : SERVICES) {
      var export = exports.addObject().put("name", service).put("subject", service);
      export.put("type", "service");
      export.put("response_type", service.equals(STREAMED) ? "Stream" : "Singleton");
    }
    return claims;
  }

  /** The public keys that sign a namespace's users, each users of one kind alone. */
  record Signers(String worker, String splitter, String collector) {}

  /**
   * The account of a namespace's workers, splitters and collectors.
   *
   * @param revoked users that are refused and cut, by public key: if their credentials were issued
   *     up to then
   */
  static ObjectNode namespace(String batchAccount, Signers signers, Map<String, Instant> revoked) {
    var claims = account(0);
    ((ObjectNode) claims.path("limits")).put("conn", NAMESPACE_CONNECTIONS);
    var imports = claims.putArray("imports");
    for (var service : SERVICES) {
      imports
          .addObject()
          .put("name", service)
          .put("subject", service)
          .put("account", batchAccount)
          .put("type", "service");
    }
    var scopes = claims.putArray("signing_keys");
    scope(scopes, signers.worker(), "worker", WORKER_PUBLISHES, WORKER_INBOX);
    var splitter =
        scope(scopes, signers.splitter(), "splitter", SPLITTER_PUBLISHES, SPLITTER_INBOX);
    add(splitter.withObject("/pub").putArray("deny"), SPLITTER_DENIED);
    scope(scopes, signers.collector(), "collector", COLLECTOR_PUBLISHES, COLLECTOR_INBOX);
    if (!revoked.isEmpty()) {
      var revocations = claims.putObject("revocations");
      new TreeMap<>(revoked)
          .forEach((user, until) -> revocations.put(user, until.getEpochSecond()));
    }
    return claims;
  }

  private static ObjectNode scope(
      ArrayNode scopes, String signer, String role, List<String> publishes, String inbox) {
    var scope = scopes.addObject();
    scope.put("kind", "user_scope").put("key", signer).put("role", role);
    var template = scope.putObject("template");
    template.put("subs", USERS_SUBSCRIPTIONS).put("data", -1).put("payload", -1);
    add(template.putObject("pub").putArray("allow"), publishes);
    add(template.putObject("sub").putArray("allow"), List.of(inbox));
    return template;
  }

  /** Limits of an account: none but on what it may store. */
  private static ObjectNode account(int storage) {
    var claims = JSON.createObjectNode().put("type", "account");
    var limits = claims.putObject("limits");
    for (var limit : List.of("subs", "data", "payload", "imports", "exports", "conn", "leaf")) {
      limits.put(limit, -1);
    }
    limits.put("wildcards", true);
    for (var limit : List.of("mem_storage", "disk_storage", "streams", "consumer")) {
      limits.put(limit, storage);
    }
    return claims;
  }

  static ObjectNode owner() {
    var claims = JSON.createObjectNode().put("type", "user");
    claims.put("subs", -1).put("data", -1).put("payload", -1);
    claims.putObject("pub");
    claims.putObject("sub");
    return claims;
  }

  /** Who puts accounts on the server and reads them there, and does nothing else. */
  static ObjectNode accountKeeper() {
    var claims = JSON.createObjectNode().put("type", "user");
    claims.put("subs", -1).put("data", -1).put("payload", -1);
    add(
        claims.putObject("pub").putArray("allow"),
        List.of(AccountServer.UPDATE, AccountServer.LIST, AccountServer.lookup("*")));
    add(claims.putObject("sub").putArray("allow"), List.of("_INBOX.>"));
    return claims;
  }

  /** Its permissions are the template's; were any written here, the server would refuse. */
  static ObjectNode scoped(String namespaceAccount) {
    return JSON.createObjectNode().put("type", "user").put("issuer_account", namespaceAccount);
  }

  private static void add(ArrayNode array, List<String> values) {
    values.forEach(array::add);
  }
}
