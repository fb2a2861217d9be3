package dev.batchapi.queue.jetstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.batchapi.queue.Attempts;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.QueueAccessException;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.jetstream.access.AccountServer;
import dev.batchapi.queue.jetstream.access.Accounts;
import dev.batchapi.queue.jetstream.access.NamespaceAccounts;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The worker of job A, who speaks to the server directly, tries to reach job B. */
class WorkerPermissionsIT {
  private static final JetStreamSettings SETTINGS =
      JetStreamSettings.DEFAULT.withLease(Duration.ofHours(1));
  private static NatsServer server;
  private static JetStreamLedger ledger;
  private static JetStreamWorkQueue workerB;
  private static Lease heldByB;
  private static Counts countsOfB;
  private static NatsConnection owner;
  private static Streams streams;
  private static NamespaceAccounts namespaces;
  private static AccountServer accountServer;

  private final List<BareClient> clients = new ArrayList<>();
  private BareClient workerA;

  @BeforeAll
  static void jobsAAndBRun() throws Exception {
    server = NatsServer.start();
    ledger = JetStreamLedger.connect(server.owner(), SETTINGS);
    owner = NatsConnection.open(server.owner(), SETTINGS.patience(), null);
    streams = new Streams(owner, SETTINGS);
    accountServer = AccountServer.connect(server.accountKeeper(), SETTINGS.patience());
    namespaces = new NamespaceAccounts(server.accounts(), Duration.ofHours(1), Clock.systemUTC());
    namespaces.ensure("other", "X");
    namespaces.settle(accountServer);
    for (var job : new String[] {"A", "B"}) {
      ledger.enqueue(job, batches(5));
    }
    workerB = JetStreamWorkQueue.connect(server.worker("B"), "B", 5, SETTINGS);
    heldByB = workerB.lease(Duration.ofSeconds(10)).orElseThrow();
    var failed = workerB.lease(Duration.ofSeconds(10)).orElseThrow();
    failed.recordFailure(BatchError.of(BatchError.Reason.HandlerFailed, "B's own secret"));
    countsOfB = ledger.counts("B");
  }

  private static Batches batches(int count) {
    return Batches.of(count, index -> new byte[] {'[', ']'});
  }

  @AfterAll
  static void stop() {
    workerB.close();
    accountServer.close();
    owner.close();
    ledger.close();
    server.close();
  }

  @BeforeEach
  void connectAsWorkerOfA() throws Exception {
    workerA = connect(NatsServer.NAMESPACE, "A");
  }

  private BareClient connect(String namespace, String job) throws Exception {
    var client = new BareClient(server.worker(namespace, job), Subjects.inboxPrefix(job));
    clients.add(client);
    return client;
  }

  @AfterEach
  void nothingHappenedToB() throws Exception {
    for (var client : clients) {
      client.close();
    }
    assertThat(ledger.counts("B")).isEqualTo(countsOfB);
    assertThat(ledger.outcome("B", 4)).isNull();
    assertThat(heldByB.mayHaveExpired()).isFalse();
    assertThat(ledger.enqueue("B", batches(5))).isZero();
    assertThat(streams.info(Subjects.WORK).getStreamState().getMsgCount())
        .as("work of A and B as it was")
        .isEqualTo(10);
    assertThat(streams.subjects(Subjects.RATE, "rate.B")).isEmpty();
    assertThat(streams.subjects(Subjects.RATE, "wait.B")).isEmpty();
    assertThat(streams.consumerNames()).containsExactlyInAnyOrder("A", "B");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "work.A.9",
        "work.B.9",
        "work.B.final",
        "out.B.4",
        "out.B.final",
        "end.A",
        "end.B",
        "try.B.4",
        "split.A.0.0",
        "split.B.0.end",
        "rate.B",
        "rate.A.x",
        "wait.B",
        "wait.A.x",
        "$JS.API.DIRECT.GET.RATE.wait.A",
        "$JS.API.DIRECT.GET.RATE.rate.B",
        "$JS.API.DIRECT.GET.RATE",
        "progress.A.split",
        "progress.A.collect",
        "progress.B.worker",
        "$JS.API.DIRECT.GET.PROGRESS.progress.A.worker",
        "_INBOX_B.x",
        "$JS.API.CONSUMER.MSG.NEXT.WORK.B",
        "$JS.API.DIRECT.GET.TRY.try.B.1",
        "$JS.API.DIRECT.GET.OUT.end.B",
        "$JS.API.DIRECT.GET.OUT.out.B.0",
        "$JS.API.DIRECT.GET.OUT",
        "$JS.API.DIRECT.GET.WORK.work.B.1",
        "$JS.API.STREAM.INFO.WORK",
        "$JS.API.STREAM.NAMES",
        "$JS.API.STREAM.MSG.GET.OUT",
        "$JS.API.STREAM.MSG.DELETE.OUT",
        "$JS.API.STREAM.PURGE.WORK",
        "$JS.API.STREAM.PURGE.OUT",
        "$JS.API.STREAM.DELETE.OUT",
        "$JS.API.STREAM.CREATE.X",
        "$JS.API.STREAM.UPDATE.OUT",
        "$JS.API.CONSUMER.CREATE.OUT",
        "$JS.API.CONSUMER.CREATE.WORK.x.work.B.*",
        "$JS.API.CONSUMER.DURABLE.CREATE.WORK.x",
        "$JS.API.CONSUMER.DELETE.WORK.A",
        "$JS.API.CONSUMER.DELETE.WORK.B",
        "$JS.API.CONSUMER.INFO.WORK.B",
        "$JS.API.CONSUMER.PAUSE.WORK.B",
        "$JS.API.INFO",
        "$SYS.REQ.SERVER.PING"
      })
  void isRefusedToPublish(String subject) throws Exception {
    workerA.publish(subject);
    workerA.awaitRefusal(subject);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "_INBOX_B.>",
        "_INBOX.>",
        "_SPLITTER_INBOX_A.>",
        "split.>",
        "out.B.>",
        "out.>",
        "work.>",
        "try.B.*",
        "rate.*",
        "wait.*",
        ">",
        "$JS.ACK.WORK.B.>"
      })
  void isRefusedToListen(String subject) throws Exception {
    workerA.subscribe(subject);
    workerA.awaitRefusal(subject);
  }

  @Test
  void cannotAcknowledgeForB() throws Exception {
    var streamSequence = 6; // B's first batch
    var subject = "$JS.ACK.WORK.B.1." + streamSequence + ".1.1.0";
    workerA.nats().publish(subject, "+ACK".getBytes(UTF_8));
    workerA.flush();
    workerA.awaitRefusal(subject);
    // Allowed, but the sequence is not one of A's consumer.
    workerA.nats().publish("$JS.ACK.WORK.A.1." + streamSequence + ".1.1.0", "+ACK".getBytes(UTF_8));
    workerA
        .nats()
        .publish("$JS.ACK.WORK.A.1." + streamSequence + ".1.1.0", "+TERM".getBytes(UTF_8));
    workerA.flush();
  }

  @ParameterizedTest
  @CsvSource({
    "out.A.3, out.B.4",
    "out.A.4, work.B.9",
    "out.A.final, end.B",
    "try.A.3, try.B.4",
    "try.A.4, work.B.8",
    "$JS.API.DIRECT.GET.TRY.try.A.0, out.B.4",
    "$JS.API.DIRECT.GET.OUT.end.A, end.B",
    "$JS.ACK.WORK.A.1.1.1.1.0, out.B.4",
    "$JS.API.CONSUMER.MSG.NEXT.WORK.A, out.B.4",
    "$JS.API.CONSUMER.MSG.NEXT.WORK.A, work.B.7",
    "rate.A, rate.B",
    "rate.A, out.B.4",
    "wait.A, wait.B",
    "$JS.API.DIRECT.GET.RATE.rate.A, rate.B",
    "out.A.2, $JS.API.CONSUMER.DELETE.WORK.B",
    "out.A.1, $JS.API.STREAM.PURGE.OUT"
  })
  void cannotHaveAnAnswerSentToB(String allowed, String replyTo) throws Exception {
    workerA.nats().publish(allowed, replyTo, "{\"batch\":1,\"no_wait\":true}".getBytes(UTF_8));
    workerA.flush();
    // What the server does with it is done once it has answered something that came later.
    assertThat(
            workerA
                .nats()
                .request("$JS.API.DIRECT.GET.TRY.try.A.99", new byte[0], Duration.ofSeconds(5)))
        .isNotNull();
    // A's batch that such a pull took is given back.
    ledger.enqueue("A", batches(5));
  }

  /** The inboxes that monitoring shows to whoever can reach it. */
  private static List<String> inboxesOf(String job) {
    return Pattern.compile("_INBOX_" + job + "\\.[^\"]+")
        .matcher(server.monitoring("/connz?subs=1"))
        .results()
        .map(found -> found.group().replace("*", "x"))
        .toList();
  }

  @Test
  void cannotHaveItsItemsRunByAnotherJobWhoseInboxItKnows() throws Exception {
    ledger.enqueue("A", batches(5));
    ledger.enqueue("V", batches(1));
    try (var victim = JetStreamWorkQueue.connect(server.worker("V"), "V", 5, SETTINGS);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var only = victim.lease(Duration.ofSeconds(10)).orElseThrow();
      var next = threads.submit(() -> victim.lease(Duration.ofSeconds(20)));
      await().atMost(Duration.ofSeconds(10)).until(() -> !inboxesOf("V").isEmpty());
      for (var i = 0; i < 3; i++) {
        for (var inbox : inboxesOf("V")) {
          workerA
              .nats()
              .publish("$JS.API.CONSUMER.MSG.NEXT.WORK.A", inbox, "{\"batch\":1}".getBytes(UTF_8));
        }
        workerA.flush();
        Thread.sleep(1500);
      }
      assertThat(next).as("the victim goes on asking").isNotDone();
      only.giveBack(Duration.ZERO);
      assertThat(next.get(60, TimeUnit.SECONDS).orElseThrow().toString())
          .startsWith("batch 0 of job V");
    } finally {
      ledger.retire("V");
      ledger.remove("V");
      ledger.retire("A");
      ledger.enqueue("A", batches(5));
    }
  }

  @Test
  void inboxesCannotBeGuessedFromFormerOnes() throws Exception {
    try (var one =
            NatsConnection.open(
                server.worker("A"), SETTINGS.patience(), Subjects.inboxPrefix("A"));
        var other = NatsConnection.open(server.owner(), SETTINGS.patience(), null);
        var third = NatsConnection.open(server.owner(), SETTINGS.patience(), null)) {
      assertThat(one.connection().createInbox()).matches("_INBOX_A\\.[0-9a-f]{32}\\..+");
      var random = Pattern.compile("_INBOX\\.([0-9a-f]{32})\\..+");
      var first = random.matcher(other.connection().createInbox());
      var second = random.matcher(third.connection().createInbox());
      assertThat(first.matches() && second.matches()).isTrue();
      assertThat(first.group(1)).isNotEqualTo(second.group(1));
    }
  }

  /** All that a worker may publish. */
  private static List<String> allowed(String job) {
    return List.of(
        "out." + job + ".3",
        "try." + job + ".3",
        "$JS.API.DIRECT.GET.TRY.try." + job + ".0",
        "$JS.API.DIRECT.GET.OUT.out." + job + ".0",
        "$JS.API.DIRECT.GET.OUT.end." + job,
        "rate." + job,
        "wait." + job,
        "$JS.API.DIRECT.GET.RATE.rate." + job,
        "$JS.API.CONSUMER.MSG.NEXT.WORK." + job,
        "$JS.ACK.WORK." + job + ".1.1.1.1.0");
  }

  /** What comes to the inbox of a worker of V when another job asks for answers to go there. */
  private List<Message> answersThatReachV(String fromNamespace, String byJob) throws Exception {
    namespaces.ensure(fromNamespace, byJob);
    namespaces.settle(accountServer);
    ledger.enqueue(byJob, batches(5));
    var reached = new CopyOnWriteArrayList<Message>();
    var victim = connect(NatsServer.NAMESPACE, "V");
    var attacker = connect(fromNamespace, byJob);
    try {
      victim.nats().createDispatcher(reached::add).subscribe("_INBOX_V.>");
      victim.flush();
      for (var subject : allowed(byJob)) {
        attacker.nats().publish(subject, "_INBOX_V.known", "{\"batch\":1}".getBytes(UTF_8));
        var answered =
            attacker
                .nats()
                .request("$JS.API.DIRECT.GET.OUT.end." + byJob, new byte[0], Duration.ofSeconds(5));
        assertThat(answered).as("the server has seen what came before").isNotNull();
      }
      Thread.sleep(500);
      victim.flush();
    } finally {
      ledger.retire(byJob);
      ledger.remove(byJob);
    }
    return reached;
  }

  @Test
  void noAnswerCrossesFromOneNamespaceToAnother() throws Exception {
    assertThat(answersThatReachV("other", "X")).isEmpty();
  }

  /**
   * Within a namespace the server carries an answer to whatever inbox is named. That is why inboxes
   * can't be guessed, and why a worker believes no batch and no record of another job.
   */
  @Test
  void withinANamespaceAnswersAreKeptApartByInboxesThatNobodyKnows() throws Exception {
    assertThat(answersThatReachV(NatsServer.NAMESPACE, "X")).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "Nats-Trace-Dest, _INBOX_V.known",
    "Nats-Trace-Dest, out.B.4",
    "Nats-Schedule-Target, out.B.4",
    "Nats-Rollup, all",
    "Nats-TTL, 1s",
    "Nats-Incr, +1",
    "Nats-Batch-Id, x",
  })
  void cannotReachOthersByAHeader(String header, String value) throws Exception {
    var reached = new CopyOnWriteArrayList<Message>();
    var victim = connect(NatsServer.NAMESPACE, "V");
    victim.nats().createDispatcher(reached::add).subscribe("_INBOX_V.>");
    victim.flush();
    var headers = new Headers().put(header, value).put("Nats-Schedule", "@at 2020-01-01T00:00:00Z");
    if (!header.startsWith("Nats-Schedule")) {
      headers.remove("Nats-Schedule");
    }
    workerA
        .nats()
        .publish(NatsMessage.builder().subject("out.A.3").headers(headers).data("{}").build());
    workerA.flush();
    assertThat(
            workerA
                .nats()
                .request("$JS.API.DIRECT.GET.TRY.try.A.99", new byte[0], Duration.ofSeconds(5)))
        .isNotNull();
    Thread.sleep(500);
    victim.flush();
    assertThat(reached).isEmpty();
  }

  /**
   * What can be learnt of another job, by somebody who knows its uid, which is a random UUID that
   * only readers of its namespace see: whether a batch has its outcome, and its place in the
   * stream.
   */
  @Test
  void learnsByTheUidAloneWhetherABatchOfAnotherJobIsDone() throws Exception {
    ledger.enqueue("K", batches(2));
    try (var worker = JetStreamWorkQueue.connect(server.worker("other", "K"), "K", 2, SETTINGS)) {
      worker.lease(Duration.ofSeconds(10)).orElseThrow().commit(Outcome.succeeded(1, new byte[0]));
      assertThat(lastSequenceOf("out.K.0")).isPositive();
      assertThat(lastSequenceOf("out.K.1")).isZero();
      assertThat(lastSequenceOf("out.J.0")).as("another uid").isZero();
    } finally {
      ledger.retire("K");
      ledger.remove("K");
    }
  }

  private int lastSequenceOf(String subject) {
    var answer =
        commit(
            new Headers()
                .put("Nats-Expected-Last-Subject-Sequence", "999999999")
                .put("Nats-Expected-Last-Subject-Sequence-Subject", subject));
    var found =
        Pattern.compile("wrong last sequence: (\\d+)").matcher(new String(answer.getData(), UTF_8));
    assertThat(found.find()).as(new String(answer.getData(), UTF_8)).isTrue();
    return Integer.parseInt(found.group(1));
  }

  @Test
  void cannotFillTheServerWithSubscriptions() throws Exception {
    var dispatcher = workerA.nats().createDispatcher(message -> {});
    for (var i = 0; i < 200; i++) {
      dispatcher.subscribe("_INBOX_A.x" + i);
    }
    workerA.flush();
    workerA.awaitError("maximum subscriptions");
  }

  @Test
  void cannotReplaceOutcomesByARollup() {
    var first = commit(new Headers().put("Batch-Outcome", "SUCCEEDED"));
    var rollup = commit(new Headers().put("Nats-Rollup", "all"));
    assertThat(new String(first.getData(), UTF_8)).doesNotContain("error");
    assertThat(new String(rollup.getData(), UTF_8)).contains("error");
  }

  private Message commit(Headers headers) {
    var message = NatsMessage.builder().subject("out.A.0").headers(headers).data("{}").build();
    return workerA.nats().requestWithTimeout(message, Duration.ofSeconds(5)).join();
  }

  @Test
  void mayDoTheWorkOfItsOwnJob() throws Exception {
    ledger.enqueue("C", batches(1));
    try (var worker = JetStreamWorkQueue.connect(server.worker("C"), "C", 5, SETTINGS)) {
      var lease = worker.lease(Duration.ofSeconds(10)).orElseThrow();
      lease.renew();
      assertThat(lease.attempts()).isEqualTo(Attempts.NONE);
      lease.recordFailure(BatchError.of(BatchError.Reason.HandlerFailed, "x"));
      lease.giveBack(Duration.ZERO);
      var again = worker.lease(Duration.ofSeconds(10)).orElseThrow();
      assertThat(again.attempts().failures()).isEqualTo(1);
      assertThat(again.commit(Outcome.succeeded(2, new byte[0]))).isTrue();
      assertThat(worker.ended()).isEmpty();
      ledger.end("C", new End(End.Verdict.Cancelled, "", Instant.EPOCH));
      assertThat(worker.ended()).isPresent();
    } finally {
      ledger.remove("C");
    }
  }

  @Test
  void aWorkerWithoutOrWithOthersCredentialsIsRefused() throws Exception {
    assertThatThrownBy(
            () ->
                JetStreamWorkQueue.connect(
                    new NatsAccess(server.url(), null, "x"), "A", 5, SETTINGS))
        .isInstanceOf(QueueAccessException.class)
        .hasMessageContaining(server.url())
        .hasMessageContaining("without credentials");
    var stranger = Files.createTempFile("stranger", ".creds");
    Files.writeString(stranger, Accounts.generate().workerCredentials("default", "A", null));
    assertThatThrownBy(
            () ->
                JetStreamWorkQueue.connect(
                    new NatsAccess(server.url(), stranger, "x"), "A", 5, SETTINGS))
        .isInstanceOf(QueueAccessException.class)
        .hasMessageContaining(stranger.toString());
    Files.delete(stranger);
  }

  @Test
  void aWorkerWhoseCredentialsExpireIsToldSo() {
    var access = server.worker("A", Instant.now().plusSeconds(3));
    var unavailable = new ArrayList<QueueUnavailableException>();
    assertThatThrownBy(
            () -> {
              try (var worker = JetStreamWorkQueue.connect(access, "A", 5, SETTINGS)) {
                while (true) {
                  askUnlessUnavailable(worker, unavailable);
                }
              }
            })
        .isInstanceOf(QueueAccessException.class)
        .hasMessageContaining(Objects.requireNonNull(access.credentials()).toString());
    // The call that runs while they expire may give up on its own; the next one knows.
    assertThat(unavailable).hasSizeLessThanOrEqualTo(1);
  }

  private static void askUnlessUnavailable(
      JetStreamWorkQueue worker, List<QueueUnavailableException> unavailable) {
    try {
      assertThat(worker.ended()).isEmpty();
    } catch (QueueUnavailableException e) {
      unavailable.add(e);
    }
  }

  @Test
  void credentialsThatAreRenewedInTimeAreTakenWhenTheOldOnesExpire() throws Exception {
    var access = server.worker("A", Instant.now().plusSeconds(5));
    try (var nats = NatsConnection.open(access, SETTINGS.patience(), Subjects.inboxPrefix("A"))) {
      Files.writeString(
          Objects.requireNonNull(access.credentials()),
          server.accounts().workerCredentials("default", "A", null));
      await().atMost(Duration.ofSeconds(60)).until(() -> nats.reconnects() > 0);
      assertThat(nats.directGet(Subjects.OUT, Subjects.end("A"))).isNull();
      assertThat(nats.isConnected()).isTrue();
    }
  }

  @Test
  void renewedCredentialsAreTakenBeforeTheOldOnesEnd() throws Exception {
    var expires = Instant.now().plusSeconds(40);
    var access = server.worker("A", expires);
    try (var nats = NatsConnection.open(access, SETTINGS.patience(), Subjects.inboxPrefix("A"))) {
      nats.renewIfDue();
      assertThat(nats.reconnects()).as("nothing to renew yet").isZero();
      Files.writeString(
          Objects.requireNonNull(access.credentials()),
          server.accounts().workerCredentials(NatsServer.NAMESPACE, "A", null));
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                nats.renewIfDue();
                return nats.reconnects() > 0;
              });
      assertThat(Instant.now()).isBefore(expires);
      assertThat(nats.directGet(Subjects.OUT, Subjects.end("A"))).isNull();
    }
  }

  @Test
  void keysAreTheSameAfterARestart() {
    var again = Accounts.fromJson(server.accounts().toJson());
    assertThat(again.serverConfig("h:1", "h:2", "/d"))
        .isEqualTo(server.accounts().serverConfig("h:1", "h:2", "/d"));
    assertThatThrownBy(() -> Accounts.fromJson("{\"operator\":\"SOSECRET\"}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("SOSECRET");
  }
}
