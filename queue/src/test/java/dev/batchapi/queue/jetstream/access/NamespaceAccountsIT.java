package dev.batchapi.queue.jetstream.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.QueueAccessException;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.jetstream.JetStreamLedger;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.JetStreamWorkQueue;
import dev.batchapi.queue.jetstream.NatsAccess;
import dev.batchapi.queue.jetstream.NatsConnection;
import dev.batchapi.queue.jetstream.NatsServer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Accounts of namespaces and revoked credentials on a real server. */
@Timeout(300)
class NamespaceAccountsIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration VALIDITY = Duration.ofHours(1);
  private static final JetStreamSettings SETTINGS = JetStreamSettings.DEFAULT;

  private final NatsServer server = NatsServer.start();
  private final List<AutoCloseable> open = new ArrayList<>();
  private JetStreamLedger ledger;
  private AccountServer accounts;
  private NamespaceAccounts namespaces;

  @BeforeEach
  void connect() {
    ledger = closing(JetStreamLedger.connect(server.owner(), SETTINGS));
    accounts = closing(AccountServer.connect(server.accountKeeper(), Duration.ofSeconds(20)));
    namespaces = anOwner(Clock.systemUTC());
  }

  private NamespaceAccounts anOwner(Clock clock) {
    return new NamespaceAccounts(server.accounts(), VALIDITY, clock);
  }

  @AfterEach
  void close() throws Exception {
    for (var one : open.reversed()) {
      one.close();
    }
    server.close();
  }

  private <T extends AutoCloseable> T closing(T one) {
    open.add(one);
    return one;
  }

  private JetStreamWorkQueue worker(NatsAccess access, String job) {
    return closing(
        JetStreamWorkQueue.connect(
            access, job, 10_000, SETTINGS.withPatience(Duration.ofSeconds(20))));
  }

  private static Batches batches(int count) {
    return Batches.of(count, index -> new byte[] {'[', ']'});
  }

  private static Lease take(JetStreamWorkQueue worker) throws InterruptedException {
    return worker.lease(LONG).orElseThrow(() -> new AssertionError("no batch came"));
  }

  private static Outcome ok() {
    return Outcome.succeeded(1, "1".getBytes(UTF_8));
  }

  private void isRefused(NatsAccess access, String job) {
    assertThatThrownBy(() -> worker(access, job)).isInstanceOf(QueueAccessException.class);
  }

  @Test
  void workersOfANamespaceAreRefusedUntilItsAccountIsThere() throws Exception {
    ledger.enqueue("a", batches(1));
    var access = server.worker("team", "a");
    isRefused(access, "a");

    assertThat(namespaces.ensure("team", "a")).isTrue();
    namespaces.settle(accounts);

    assertThat(namespaces.ensure("team", "a")).isFalse();
    assertThat(take(worker(access, "a")).commit(ok())).isTrue();
  }

  @Test
  void credentialsOfOneNamespaceAreOfNoUseInAnother() {
    namespaces.ensure("team", "a");
    namespaces.settle(accounts);

    isRefused(server.worker("nowhere", "a"), "a"); // there is no such account
    assertThat(server.accounts().namespaceKey("team"))
        .isNotEqualTo(server.accounts().namespaceKey("default"));
  }

  @Test
  void revokedCredentialsAreCutAtOnceAndRefusedForGood() throws Exception {
    ledger.enqueue("a", batches(3));
    namespaces.ensure("team", "a");
    namespaces.settle(accounts);
    var access = server.worker("team", "a");
    var worker = worker(access, "a");
    assertThat(take(worker).commit(ok())).isTrue();

    assertThat(namespaces.revoke("a")).isTrue();
    namespaces.settle(accounts);

    await().atMost(LONG).until(() -> isRefused(worker));
    isRefused(access, "a");
    isRefused(server.worker("team", "a"), "a"); // issued anew, for the same job
    server.kill();
    server.restart();
    isRefused(access, "a");
  }

  private static boolean isRefused(JetStreamWorkQueue worker) {
    try {
      var _ = worker.ended();
      return false;
    } catch (QueueAccessException e) {
      return true;
    } catch (QueueUnavailableException e) {
      return false; // the call that ran while it was cut
    }
  }

  /** A pull that waits at the server, of a neighbour in the same namespace. */
  @Test
  void aNeighbourThatWaitsForWorkDoesNotNoticeARevocation() throws Exception {
    ledger.enqueue("b", batches(1));
    for (var job : List.of("a", "b")) {
      namespaces.ensure("team", job);
    }
    namespaces.settle(accounts);
    var worker = worker(server.worker("team", "b"), "b");
    var only = take(worker);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Optional<Lease>> next =
          threads.submit((Callable<Optional<Lease>>) () -> worker.lease(LONG));
      await().atMost(LONG).until(() -> server.monitoring("/connz?subs=1").contains("_INBOX_b."));
      namespaces.revoke("a");
      namespaces.settle(accounts);
      only.giveBack(Duration.ZERO);

      var again = next.get(60, TimeUnit.SECONDS).orElseThrow();
      assertThat(again.toString()).contains("delivery 2"); // a lost answer would make it 3
      assertThat(again.commit(ok())).isTrue();
    }
  }

  @Test
  void workGoesOnWhileAccountsAreReplacedAgainAndAgain() throws Exception {
    var total = 2000;
    ledger.enqueue("b", batches(total));
    namespaces.ensure("team", "b");
    namespaces.settle(accounts);
    var handedOut = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var i = 0; i < 3; i++) {
        var worker = worker(server.worker("team", "b"), "b");
        var _ =
            threads.submit(
                () -> {
                  while (ledger.counts("b").done() < total) {
                    var lease = worker.lease(Duration.ofSeconds(1));
                    if (lease.isPresent()) {
                      handedOut.incrementAndGet();
                      lease.get().commit(ok());
                    }
                  }
                  return true;
                });
      }
      var pushes = 0;
      while (ledger.counts("b").done() < total) {
        namespaces.ensure("team", "x" + pushes);
        namespaces.revoke("x" + pushes++);
        namespaces.settle(accounts);
        Thread.sleep(20);
      }
      assertThat(pushes).isGreaterThan(3);
    }
    assertThat(handedOut.get()).isEqualTo(total);
  }

  @Test
  void aServerWithANewDiskGetsAllOfItAgain() throws Exception {
    namespaces.ensure("team", "a");
    namespaces.ensure("team", "b");
    namespaces.revoke("a");
    namespaces.settle(accounts);
    var ofA = server.worker("team", "a");
    var ofB = server.worker("team", "b");
    server.kill();
    server.loseData();
    server.restart();
    isRefused(ofB, "b");

    namespaces.compare(accounts);

    assertThat(worker(ofB, "b").ended()).isEmpty();
    isRefused(ofA, "a");
  }

  @Test
  void anotherProcessTakesOverWhatIsRevoked() {
    namespaces.ensure("team", "a");
    namespaces.revoke("a");
    namespaces.settle(accounts);
    var next = anOwner(Clock.systemUTC());
    next.compare(accounts);
    next.ensure("team", "b");
    next.revoke("b");
    next.settle(accounts);

    isRefused(server.worker("team", "a"), "a");
    isRefused(server.worker("team", "b"), "b");
  }

  /** Deleted while no owner ran: the next one has never seen it. */
  @Test
  void aJobThatThisProcessHasNotSeenIsRevokedWherever() {
    namespaces.ensure("team", "a");
    namespaces.settle(accounts);
    var next = anOwner(Clock.systemUTC());
    next.compare(accounts);

    assertThat(next.revoke("a")).isTrue();
    next.settle(accounts);

    isRefused(server.worker("team", "a"), "a");
    assertThat(next.revoke("a")).as("once is enough").isFalse();
  }

  @Test
  void aSplittersKeyIsPutWhereItIsOfUseAlone() {
    namespaces.ensure("team", "a");
    namespaces.ensure("other", "b");
    namespaces.settle(accounts);
    var splitter = server.accounts().splitterKey("a");
    var next = anOwner(Clock.systemUTC());
    next.compare(accounts);

    assertThat(next.revokeSplitter("team", "a", Instant.now().minus(VALIDITY))).isFalse();
    next.revoke("a"); // of a namespace that is not known
    next.settle(accounts);
    assertThat(account("team")).doesNotContain(splitter);
    assertThat(account("other")).doesNotContain(splitter);

    assertThat(next.revokeSplitter("team", "a", Instant.now())).isTrue();
    next.settle(accounts);
    assertThat(account("team")).contains(splitter);
    assertThat(account("other")).doesNotContain(splitter);
  }

  @Test
  void whatHasExpiredIsForgotten() {
    var start = Instant.now();
    namespaces.ensure("team", "a");
    namespaces.revoke("a");
    namespaces.settle(accounts);
    assertThat(account("team")).contains("revocations");

    var later = anOwner(Clock.fixed(start.plus(VALIDITY).plusSeconds(60), ZoneOffset.UTC));
    later.compare(accounts);

    assertThat(account("team")).doesNotContain("revocations");
  }

  @Test
  void theKeeperOfAccountsMayDoNothingElse() throws Exception {
    try (var nats = NatsConnection.open(server.accountKeeper(), Duration.ofSeconds(1), null)) {
      for (var subject : List.of("$SYS.REQ.CLAIMS.DELETE", "$SYS.REQ.SERVER.PING", "out.a.1")) {
        assertThat(nats.connection().request(subject, new byte[0], Duration.ofSeconds(1)))
            .as(subject)
            .isNull();
      }
    }
  }

  @Test
  void aServerWithoutAFolderOfAccountsIsSaidToBeOfAnEarlierVersion() {
    var owner = server.owner(); // of account BATCH, where nobody answers this
    var deaf = closing(AccountServer.connect(owner, Duration.ofSeconds(1)));
    assertThatThrownBy(() -> namespaces.compare(deaf))
        .isInstanceOf(QueueUnavailableException.class)
        .hasMessageContaining("earlier version")
        .hasMessageContaining("docs/operations.md");
  }

  private String account(String namespace) {
    var jwt = accounts.find(server.accounts().namespaceKey(namespace)).orElseThrow();
    var body = jwt.substring(jwt.indexOf('.') + 1, jwt.lastIndexOf('.'));
    return new String(Base64.getUrlDecoder().decode(body), UTF_8);
  }
}
