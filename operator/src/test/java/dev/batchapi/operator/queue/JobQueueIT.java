package dev.batchapi.operator.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.batchapi.operator.OperatorSettings;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.QueueAccessException;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.JetStreamWorkQueue;
import dev.batchapi.queue.jetstream.NatsAccess;
import dev.batchapi.queue.jetstream.NatsServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The operator's connection to a real server, which comes, goes and comes back. */
@Timeout(300)
class JobQueueIT {
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final Duration LEASE = Duration.ofSeconds(5);
  private static final JetStreamSettings OF_WORKERS =
      JetStreamSettings.DEFAULT.withLease(LEASE).withPatience(Duration.ofSeconds(20));

  @TempDir Path folder;

  private final NatsServer server = NatsServer.prepare();
  private final JobQueue queue = JobQueue.start(settings(), server.accounts());
  private final AtomicInteger reached = new AtomicInteger();
  private final Set<String> changed = ConcurrentHashMap.newKeySet();
  private final List<JetStreamWorkQueue> workers = new ArrayList<>();

  private static final Batches TWO = Batches.of(2, index -> new byte[] {'[', ']'});

  JobQueueIT() {
    queue.onConnected(reached::incrementAndGet);
    queue.onChange(changed::add);
  }

  @AfterEach
  void close() {
    workers.forEach(JetStreamWorkQueue::close);
    queue.close();
    server.close();
  }

  private OperatorSettings settings() {
    return OperatorSettings.from(
        Map.of(
            "BATCHAPI_NATS_URL", server.url(),
            "BATCHAPI_RUNTIME_IMAGE", "runtime:1",
            "BATCHAPI_LEASE_SECONDS", Long.toString(LEASE.toSeconds())));
  }

  private void serverRuns() {
    server.restart();
    await().atMost(LONG).until(queue::connected);
  }

  private Path credentials(String ofJob) throws IOException {
    var file = Files.createTempFile(folder, ofJob, ".creds");
    return Files.writeString(
        file, queue.workerCredentials("team", ofJob, Instant.now().plus(Duration.ofHours(1))));
  }

  private JetStreamWorkQueue worker(String job, Path credentials) {
    var worker =
        JetStreamWorkQueue.connect(
            new NatsAccess(server.url(), credentials, "worker"), job, 2, OF_WORKERS);
    workers.add(worker);
    return worker;
  }

  private static Lease take(JetStreamWorkQueue worker) throws InterruptedException {
    return worker.lease(LONG).orElseThrow(() -> new AssertionError("no batch came"));
  }

  /** Whether a worker is handed a batch; one without the permission is refused or gets nothing. */
  private static boolean getsWork(JetStreamWorkQueue worker) throws InterruptedException {
    try {
      return worker.lease(Duration.ofSeconds(2)).isPresent();
    } catch (QueueUnavailableException | QueueAccessException e) {
      return false;
    }
  }

  private static boolean commit(Lease lease) {
    return lease.commit(Outcome.succeeded(1, new byte[] {'1'}));
  }

  @Test
  void startsWithoutAServerSaysSoAndConnectsWhenItComes() {
    await()
        .atMost(LONG)
        .untilAsserted(
            () ->
                assertThat(queue.trouble().orElseThrow())
                    .startsWith("The queue can't be reached since ")
                    .contains("connect to the queue at " + server.url()));
    assertThat(queue.connected()).isFalse();
    assertThat(reached).hasValue(0);
    assertThatThrownBy(queue::ledger)
        .isInstanceOf(QueueUnavailableException.class)
        .hasMessageContaining(server.url());

    server.restart();
    await().atMost(LONG).until(() -> reached.get() == 1);

    assertThat(queue.connected()).isTrue();
    assertThat(queue.trouble()).isEmpty();
    assertThat(queue.ledger().enqueue("a", TWO)).isEqualTo(2);
  }

  @Test
  void whoListensLateIsToldThatItIsReached() {
    serverRuns();
    var late = new AtomicInteger();
    queue.onConnected(late::incrementAndGet);

    assertThat(late).hasValueGreaterThanOrEqualTo(1);
  }

  @Test
  void tellsOfAJobWhoseCountsHaveChanged() throws Exception {
    serverRuns();
    queue.ledger().enqueue("a", TWO);
    queue.ledger().enqueue("b", TWO);
    assertThat(commit(take(awaitWorker("a", credentials("a"))))).isTrue();

    await().atMost(LONG).until(() -> changed.contains("a"));
    assertThat(changed).containsExactly("a");
    assertThat(queue.ledger().counts("a").succeeded()).isEqualTo(1);
  }

  @Test
  void survivesARestartOfTheServer() throws Exception {
    serverRuns();
    queue.ledger().enqueue("a", TWO);
    var worker = awaitWorker("a", credentials("a"));
    commit(take(worker));
    await().atMost(LONG).until(() -> changed.contains("a"));

    server.kill();
    await().atMost(LONG).until(() -> !queue.connected());
    assertThat(queue.trouble().orElseThrow())
        .contains("the connection to %s was lost".formatted(server.url()));
    assertThatThrownBy(queue::ledger).isInstanceOf(QueueUnavailableException.class);

    var before = reached.get();
    changed.clear();
    server.restart();
    await().atMost(LONG).until(() -> reached.get() > before);
    await()
        .atMost(LONG)
        .ignoreException(QueueUnavailableException.class)
        .until(() -> queue.ledger().counts("a").succeeded() == 1);
    commit(take(worker));

    await().atMost(LONG).until(() -> changed.contains("a"));
    assertThat(queue.ledger().counts("a").succeeded()).isEqualTo(2);
  }

  @Test
  void aWorkersCredentialsAreOfUseForItsOwnJobOnly() throws Exception {
    serverRuns();
    queue.ledger().enqueue("a", TWO);
    queue.ledger().enqueue("b", TWO);
    var ofA = credentials("a");

    assertThat(commit(take(awaitWorker("a", ofA)))).isTrue();
    assertThat(getsWork(worker("b", ofA))).isFalse();
    assertThat(commit(take(awaitWorker("b", credentials("b"))))).isTrue();
    assertThat(queue.ledger().counts("b").succeeded()).isEqualTo(1);
  }

  private void awaitRefused(JetStreamWorkQueue worker) {
    await()
        .atMost(LONG)
        .ignoreException(QueueUnavailableException.class)
        .untilAsserted(
            () -> assertThatThrownBy(worker::ended).isInstanceOf(QueueAccessException.class));
  }

  @Test
  void revokedCredentialsAreCutAndStayRefusedOverRestartsOfServerAndOperator() throws Exception {
    serverRuns();
    queue.ledger().enqueue("a", TWO);
    queue.ledger().enqueue("b", TWO);
    var ofA = credentials("a");
    var ofB = credentials("b");
    var a = awaitWorker("a", ofA);
    var b = awaitWorker("b", ofB);
    assertThat(commit(take(a))).isTrue();

    queue.revoke("a");

    awaitRefused(a);
    assertThat(commit(take(b))).isTrue();
    server.kill();
    server.restart();
    assertThat(commit(take(b))).isTrue();
    assertThatThrownBy(() -> worker("a", ofA)).isInstanceOf(QueueAccessException.class);
    try (var next = JobQueue.start(settings(), server.accounts())) {
      await().atMost(LONG).until(next::connected);
      next.workerCredentials("team", "c", Instant.now().plusSeconds(60));
      next.revoke("b");
      awaitRefused(b);
    }
    assertThatThrownBy(() -> worker("a", ofA)).isInstanceOf(QueueAccessException.class);
  }

  @Test
  void aServerWithANewDiskKnowsTheNamespacesAgainWithoutNewCredentials() throws Exception {
    serverRuns();
    var ofA = credentials("a");
    var ofB = credentials("b");
    awaitWorker("a", ofA).close();
    queue.revoke("b");
    server.kill();
    await().atMost(LONG).until(() -> !queue.connected());
    server.loseData();
    serverRuns();

    assertThat(worker("a", ofA).ended()).isEmpty();
    assertThatThrownBy(() -> worker("b", ofB)).isInstanceOf(QueueAccessException.class);
  }

  /** The account of a new namespace is put on the server in a moment. */
  private JetStreamWorkQueue awaitWorker(String job, Path credentials) {
    return await()
        .atMost(LONG)
        .ignoreException(QueueAccessException.class)
        .until(() -> worker(job, credentials), worker -> true);
  }
}
