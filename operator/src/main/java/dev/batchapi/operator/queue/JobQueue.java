package dev.batchapi.operator.queue;

import dev.batchapi.operator.OperatorSettings;
import dev.batchapi.operator.pod.Program;
import dev.batchapi.queue.Ledger;
import dev.batchapi.queue.QueueAccessException;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.Splits;
import dev.batchapi.queue.jetstream.JetStreamLedger;
import dev.batchapi.queue.jetstream.JetStreamSettings;
import dev.batchapi.queue.jetstream.NatsAccess;
import dev.batchapi.queue.jetstream.access.AccountServer;
import dev.batchapi.queue.jetstream.access.Accounts;
import dev.batchapi.queue.jetstream.access.NamespaceAccounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue, which may be away when the operator starts, and may go and come back. Connects in the
 * background and keeps trying; who needs the queue in the meantime is told at once that, since when
 * and why it is away.
 */
public final class JobQueue implements ProgramQueue, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JobQueue.class);

  /** How long a call may hold a thread of the operator while the server stumbles. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration LOOK_EVERY = Duration.ofMillis(500);
  private static final Duration COMPARE_EVERY = Duration.ofMinutes(5);

  /** A changed account costs the server a look at each of its connections: ends come together. */
  private static final Duration SETTLE_EVERY = Duration.ofSeconds(5);

  private static final Duration TRY_AGAIN = Duration.ofSeconds(1);
  private static final Duration SAY_AGAIN = Duration.ofMinutes(1);

  private sealed interface State {
    record Away(Instant since, String why) implements State {}

    record Reached(JetStreamLedger ledger) implements State {}
  }

  private final OperatorSettings settings;
  private final Accounts accounts;
  private final NamespaceAccounts namespaces;
  private final Runnable mayChange;
  private final Path credentials;
  private final Path accountKeeperCredentials;
  private final List<Consumer<String>> changeListeners = new CopyOnWriteArrayList<>();
  private final List<Runnable> connectedListeners = new CopyOnWriteArrayList<>();
  private final Semaphore lookNow = new Semaphore(0);
  private final AtomicBoolean reconnected = new AtomicBoolean();
  private final AtomicBoolean settleNow = new AtomicBoolean();
  private final Thread thread;
  private volatile State state =
      new State.Away(now(), "this operator has just started and is connecting");
  private volatile boolean closed;
  private Instant saidAt = Instant.EPOCH;

  private JobQueue(OperatorSettings settings, Accounts accounts, Runnable mayChange) {
    this.settings = settings;
    this.accounts = accounts;
    this.mayChange = mayChange;
    namespaces = new NamespaceAccounts(accounts, settings.credentials(), Clock.systemUTC());
    credentials = credentialsFile("owner");
    accountKeeperCredentials = credentialsFile("accounts");
    thread = Thread.ofVirtual().name("job-queue").start(this::run);
  }

  /** Begins to connect. */
  public static JobQueue start(OperatorSettings settings, Accounts accounts) {
    return start(settings, accounts, () -> {});
  }

  /**
   * Begins to connect.
   *
   * @param mayChange throws if this process may not touch the queue any more; called each time
   *     before the ledger is handed out
   */
  public static JobQueue start(OperatorSettings settings, Accounts accounts, Runnable mayChange) {
    return new JobQueue(settings, accounts, mayChange);
  }

  /** Private to this user, as files made this way are. */
  private static Path credentialsFile(String name) {
    try {
      return Files.createTempFile("batchapi-" + name, ".creds");
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The folder for temporary files, %s, can't be written to."
              .formatted(System.getProperty("java.io.tmpdir")),
          e);
    }
  }

  /**
   * The ledger. Don't keep it: it is another one after the server has got other keys.
   *
   * @throws QueueUnavailableException at once if the queue can't be reached now; the message says
   *     since when and why
   */
  public Ledger ledger() {
    return live();
  }

  @Override
  public Splits splits() {
    return live().splits();
  }

  private JetStreamLedger live() {
    mayChange.run();
    return switch (state) {
      case State.Away away -> throw new QueueUnavailableException(sentence(away), null);
      case State.Reached(var ledger) when isConnected(ledger) -> ledger;
      case State.Reached _ ->
          // Lost a moment ago: the one who follows the connection has yet to see it.
          throw new QueueUnavailableException(sentence(new State.Away(now(), lost())), null);
    };
  }

  private static boolean isConnected(JetStreamLedger ledger) {
    try {
      return ledger.connected();
    } catch (QueueAccessException | IllegalStateException e) {
      return false;
    }
  }

  private String lost() {
    return "the connection to %s was lost".formatted(settings.natsUrl());
  }

  /** Whether {@link #ledger} would return. */
  public boolean connected() {
    return state instanceof State.Reached;
  }

  /** Since when and why the queue can't be reached; empty if it can. */
  public Optional<String> trouble() {
    return state instanceof State.Away away ? Optional.of(sentence(away)) : Optional.empty();
  }

  private static String sentence(State.Away away) {
    return "The queue can't be reached since %s: %s"
        .formatted(away.since(), away.why().endsWith(".") ? away.why() : away.why() + ".");
  }

  /**
   * Calls the listener with a job's uid, soon and from another thread, when its counts have
   * changed. Survives every reconnect; not called for what changed while the queue was away: see
   * {@link #onConnected}. The listener must be quick.
   */
  public void onChange(Consumer<String> listener) {
    changeListeners.add(listener);
  }

  /**
   * Calls the listener, from another thread, whenever the queue is reached (again): every job may
   * have changed. The listener must be quick.
   */
  public void onConnected(Runnable listener) {
    connectedListeners.add(listener);
    if (connected()) {
      tell(listener);
    }
  }

  /**
   * Credentials of a job's workers. They are of use as soon as the queue is reached: the account of
   * the namespace is put there in a moment, if it is not there yet.
   *
   * @param expires from then on they are refused
   * @return the contents of a credentials file
   */
  public String workerCredentials(String namespace, String uid, Instant expires) {
    if (namespaces.ensure(namespace, uid)) {
      settleNow();
    }
    return accounts.workerCredentials(namespace, uid, expires);
  }

  @Override
  public String credentials(Program program, String namespace, String uid, Instant expires) {
    if (namespaces.ensure(namespace, uid)) {
      settleNow();
    }
    return switch (program) {
      case SPLITTER -> accounts.splitterCredentials(namespace, uid, expires);
      case COLLECTOR -> accounts.collectorCredentials(namespace, uid, expires);
    };
  }

  @Override
  public void revoke(Program program, String namespace, String uid, Instant at) {
    var _ =
        switch (program) {
          case SPLITTER -> namespaces.revokeSplitter(namespace, uid, at);
          case COLLECTOR -> namespaces.revokeCollector(namespace, uid, at);
        };
  }

  /**
   * Ends a job's credentials: its workers' connections are cut and refused within half a second, or
   * when the queue is back. Returns at once; harmless when repeated; there is no way back. A worker
   * that is cut ends with exit code 7 and its batch is nobody's until its lease runs out, so:
   *
   * <ul>
   *   <li>when a BatchJob is gone, see also {@link #revokeEnded};
   *   <li>at once when a job misuses the queue, after its end is written.
   * </ul>
   */
  public void revoke(String uid) {
    if (namespaces.revoke(uid)) {
      settleNow();
    }
  }

  private void settleNow() {
    settleNow.set(true);
    lookNow.release();
  }

  /**
   * The same within some seconds, when a job is over and none of its workers runs any more.
   *
   * @param at when it ended: nothing is done if its last credentials have run out since
   */
  public void revokeEnded(String namespace, String uid, Instant at) {
    if (at.plus(settings.credentials()).isAfter(Instant.now())) {
      var _ = namespaces.revoke(namespace, uid);
    }
  }

  private void run() {
    try {
      while (!closed) {
        connectAndServe();
        Thread.sleep(TRY_AGAIN);
      }
    } catch (InterruptedException e) {
      LOG.debug("Closed.");
    }
  }

  private JetStreamSettings streams() {
    var bytes = settings.queueShares().storageBytes();
    return bytes == 0 ? JetStreamSettings.DEFAULT : JetStreamSettings.DEFAULT.withStorage(bytes);
  }

  /** Returns when there is no connection, and this one will not come back by itself. */
  private void connectAndServe() throws InterruptedException {
    try {
      Files.writeString(credentials, accounts.ownerCredentials("batchapi-operator"));
      Files.writeString(
          accountKeeperCredentials, accounts.accountKeeperCredentials("batchapi-operator"));
      try (var ledger =
              JetStreamLedger.connect(
                  access(credentials),
                  streams().withLease(settings.lease()).withPatience(PATIENCE));
          var server = AccountServer.connect(access(accountKeeperCredentials), PATIENCE)) {
        namespaces.compare(server);
        serve(ledger, server);
      }
    } catch (QueueUnavailableException | QueueAccessException | IOException e) {
      away(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("Connecting to the queue failed in a way that is not foreseen.", e);
      away(e.toString());
    }
  }

  private NatsAccess access(Path with) {
    return new NatsAccess(settings.natsUrl(), with, settings.podName());
  }

  private void serve(JetStreamLedger ledger, AccountServer server) throws InterruptedException {
    try (var _ =
        ledger.onChange(job -> changeListeners.forEach(listener -> listener.accept(job)))) {
      ledger.onReconnect(
          () -> {
            reconnected.set(true);
            lookNow.release();
          });
      reached(ledger);
      var compared = Instant.now();
      var settled = compared;
      while (true) {
        var _ = lookNow.tryAcquire(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        lookNow.drainPermits();
        if (!ledger.connected()) {
          away(lost());
          continue;
        }
        var again = reconnected.getAndSet(false) || !connected();
        try {
          if (again || compared.plus(COMPARE_EVERY).isBefore(Instant.now())) {
            namespaces.compare(server);
            compared = Instant.now();
          }
          if (settleNow.getAndSet(false) || settled.plus(SETTLE_EVERY).isBefore(Instant.now())) {
            namespaces.settle(server);
            settled = Instant.now();
          }
        } catch (QueueUnavailableException e) {
          // Workers are refused, and nobody is cut.
          away(String.valueOf(e.getMessage()));
          continue;
        }
        if (again) {
          reached(ledger);
        }
      }
    }
  }

  private void reached(JetStreamLedger ledger) {
    LOG.info("The queue at {} is reached.", settings.natsUrl());
    state = new State.Reached(ledger);
    saidAt = Instant.EPOCH;
    connectedListeners.forEach(JobQueue::tell);
  }

  private static void tell(Runnable listener) {
    try {
      listener.run();
    } catch (RuntimeException e) {
      LOG.error("A listener failed when the queue was reached; the others are called.", e);
    }
  }

  private void away(String why) {
    var since = state instanceof State.Away before ? before.since() : now();
    var next = new State.Away(since, why);
    state = next;
    if (saidAt.plus(SAY_AGAIN).isBefore(Instant.now())) {
      saidAt = Instant.now();
      LOG.warn("{}", sentence(next));
    }
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(1));
      Files.deleteIfExists(credentials);
      Files.deleteIfExists(accountKeeperCredentials);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.debug("{} stays: {}", credentials, e.getMessage());
    }
  }
}
