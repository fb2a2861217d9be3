package dev.batchapi.runtime.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchapi.data.input.ReadBatch;
import dev.batchapi.queue.Attempts;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.BatchError.Reason;
import dev.batchapi.queue.Batches;
import dev.batchapi.queue.Counts;
import dev.batchapi.queue.End;
import dev.batchapi.queue.End.Verdict;
import dev.batchapi.queue.ItemOutcomes;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.Rate;
import dev.batchapi.queue.Reservation;
import dev.batchapi.queue.WorkQueue;
import dev.batchapi.queue.memory.MemoryQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The loop, with a host whose answers the test writes. Real hosts are in the ITs. */
@Timeout(30)
class WorkerTest {
  private static final String JOB = "uid-1";
  private static final BatchError THROWN = BatchError.of(Reason.HandlerFailed, "no such label");
  private static final RetryPolicy RETRY =
      new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(2), 10);
  private static final Answer FINE = new Answer.Result("[1]".getBytes(UTF_8));

  private final MemoryQueue queue = new MemoryQueue();
  private final ScriptedHosts hosts = new ScriptedHosts();
  private final Worker worker = worker(RETRY);

  private Worker worker(RetryPolicy retry) {
    return new Worker(assignment(retry), queue.worker(JOB), hosts);
  }

  private Worker over(UnaryOperator<Lease> leases) {
    return new Worker(assignment(RETRY), new Wrapped(queue.worker(JOB), leases), hosts);
  }

  private static Assignment assignment(RetryPolicy retry) {
    return new Assignment(JOB, "monday", retry, Optional.of(Duration.ofSeconds(7)));
  }

  @Test
  void everyBatchGetsItsOutcomeAndTheWorkerLeavesWithTheEndRecord() {
    hosts.answers(FINE, FINE, FINE);
    enqueue(3);
    var exit = runUntil(3);
    assertThat(exit.reason()).isEqualTo(WorkerExit.Reason.DONE);
    assertThat(queue.counts(JOB).succeeded()).isEqualTo(3);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1", "uid-1-1 #1", "uid-1-2 #1");
    assertThat(hosts.closed).hasValue(1);
  }

  @Test
  void aFailedAttemptIsTriedAgainWithTheNextNumber() {
    hosts.answers(new Answer.Failed(THROWN), FINE);
    enqueue(1);
    runUntil(1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1", "uid-1-0 #2");
    assertThat(queue.counts(JOB))
        .extracting(Counts::succeeded, Counts::failedAttempts)
        .containsExactly(1, 1);
    assertThat(outcome(0).attempts()).isEqualTo(2);
  }

  private static Answer items(String results, Map<Integer, BatchError> errors) {
    return Answer.Items.of(List.of(results.split(",")), new TreeMap<>(errors));
  }

  @Test
  void failedItemsAloneAreTriedAgainInPlaceAndTheOthersKeepTheirResults() {
    hosts.answers(
        items("0,null,2,null", Map.of(1, THROWN, 3, THROWN)),
        items("1,null", Map.of(1, THROWN)),
        new Answer.Result("[3]".getBytes(UTF_8)));
    enqueue(1);
    runUntil(1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1", "uid-1-0 #2 [1, 3]", "uid-1-0 #3 [3]");
    assertThat(outcome(0).kind()).isEqualTo(Outcome.Kind.SUCCEEDED);
    assertThat(outcome(0).attempts()).isEqualTo(3);
    assertThat(new String(outcome(0).body(), UTF_8)).isEqualTo("[0,1,2,3]");
    assertThat(queue.counts(JOB).failedItems()).isZero();
  }

  @Test
  void itemsWithoutAttemptsLeftFailAloneEachWithItsLastError() {
    var fatal = BatchError.of(Reason.FatalError, "never");
    hosts.answers(
        items("0,null,null", Map.of(1, THROWN, 2, fatal)),
        items("null", Map.of(0, THROWN)),
        items("null", Map.of(0, THROWN)));
    enqueue(1);
    runUntil(1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1", "uid-1-0 #2 [1]", "uid-1-0 #3 [1]");
    assertThat(outcome(0).kind()).isEqualTo(Outcome.Kind.PARTIAL);
    var items = ItemOutcomes.fromJson(outcome(0).body());
    assertThat(items.results()).containsExactly("0", "null", "null");
    assertThat(items.errors())
        .containsExactly(
            new ItemOutcomes.ItemError(1, 3, THROWN), new ItemOutcomes.ItemError(2, 1, fatal));
    assertThat(queue.counts(JOB))
        .extracting(Counts::succeeded, Counts::failed, Counts::partial, Counts::failedItems)
        .containsExactly(1, 0, 1, 2);
  }

  @Test
  void whatTheOthersReturnedIsKeptWhenTheLastAttemptOfFailedItemsTakesTheProcessDown() {
    hosts.answers(
        items("0,null", Map.of(1, THROWN)),
        new Answer.Failed(THROWN),
        new Answer.Died("exit code 139"));
    hosts.restarts = true;
    enqueue(1);
    runUntil(1);
    var items = ItemOutcomes.fromJson(outcome(0).body());
    assertThat(items.results()).containsExactly("0", "null");
    assertThat(items.errors().getFirst().error().reason()).isEqualTo(Reason.HandlerDied);
  }

  /** Two items that ask for it later, one after the other. */
  private static Answer twoLater() {
    var busy = BatchError.of(Reason.HandlerFailed, "429");
    return Answer.Items.of(
        List.of("0", "null", "null"),
        new TreeMap<>(),
        new TreeMap<>(Map.of(1, Duration.ZERO, 2, Duration.ofMillis(1500))),
        new TreeMap<>(Map.of(1, busy, 2, busy)),
        Optional.empty());
  }

  @Test
  void itemsThatWaitWhileALastAttemptTakesTheProcessDownHaveTheirsInAnother() {
    for (var end : List.of(new Answer.Died("exit code 139"), new Answer.Broke(THROWN))) {
      var once = worker(new RetryPolicy(1, Duration.ofMillis(1), Duration.ofMillis(2), 10));
      hosts.answers(twoLater(), end, new Answer.Result("[2]".getBytes(UTF_8)));
      enqueue(1);
      run(once, () -> queue.counts(JOB).done() == 1);
      assertThat(hosts.handled).containsExactly("uid-1-0 #1", "uid-1-0 #1 [1]", "uid-1-0 #1 [2]");
      assertThat(hosts.processes.get(1)).isNotEqualTo(hosts.processes.get(2));
      var items = ItemOutcomes.fromJson(outcome(0).body());
      assertThat(items.results()).containsExactly("0", "null", "2");
      assertThat(items.errors()).extracting(ItemOutcomes.ItemError::item).containsExactly(1);
      queue.remove(JOB);
      hosts.handled.clear();
      hosts.processes.clear();
    }
  }

  @Test
  void whereNoOtherProcessFollowsTheyFailWithItAndTheOthersKeepTheirResults() {
    hosts.restarts = false;
    var once = worker(new RetryPolicy(1, Duration.ofMillis(1), Duration.ofMillis(2), 10));
    hosts.answers(twoLater(), new Answer.Died("exit code 139"));
    enqueue(1);
    var exit = run(once, () -> false);
    assertThat(exit.reason()).isEqualTo(WorkerExit.Reason.HOST_ENDED);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1", "uid-1-0 #1 [1]");
    var items = ItemOutcomes.fromJson(outcome(0).body());
    assertThat(items.results()).containsExactly("0", "null", "null");
    assertThat(items.errors())
        .extracting(one -> one.error().reason())
        .containsExactly(Reason.HandlerDied, Reason.HandlerDied);
  }

  @Test
  void anAttemptOfFailedItemsThatTakesTheProcessDownIsFollowedByOneOfTheWholeBatch() {
    hosts.answers(
        items("0,null", Map.of(1, THROWN)),
        new Answer.Died("exit code 139"),
        new Answer.Result("[0,1]".getBytes(UTF_8)));
    hosts.restarts = true;
    enqueue(1);
    runUntil(1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1", "uid-1-0 #2 [1]", "uid-1-0 #2");
    assertThat(new String(outcome(0).body(), UTF_8)).isEqualTo("[0,1]");
  }

  @Test
  void anAnswerThatIsNoListFailsTheItemsThatWereTriedAgain() {
    hosts.answers(items("0,null", Map.of(1, THROWN)), new Answer.Result(new byte[0]));
    enqueue(1);
    runUntil(1);
    var items = ItemOutcomes.fromJson(outcome(0).body());
    assertThat(items.errors().getFirst().error().reason()).isEqualTo(Reason.ResultInvalid);
  }

  @Test
  void itemsThatWereNotBegunHaveTheirAttemptBeforeTheOthersAreTriedAgain() {
    var hung = BatchError.of(Reason.BatchTimedOut, "hung");
    hosts.answers(
        Answer.Items.of(
            List.of("null", "null", "null", "3"),
            new TreeMap<>(Map.of(0, hung)),
            new TreeMap<>(Map.of(1, Duration.ZERO, 2, Duration.ZERO)),
            Optional.empty()),
        items("1,null", Map.of(1, THROWN)),
        items("null,2", Map.of(0, hung)),
        items("null", Map.of(0, hung)));
    enqueue(1);
    runUntil(1);
    assertThat(hosts.handled)
        .containsExactly("uid-1-0 #1", "uid-1-0 #1 [1, 2]", "uid-1-0 #2 [0, 2]", "uid-1-0 #3 [0]");
    var items = ItemOutcomes.fromJson(outcome(0).body());
    assertThat(items.results()).containsExactly("null", "1", "2", "3");
    assertThat(items.errors()).containsExactly(new ItemOutcomes.ItemError(0, 3, hung));
  }

  @Test
  void aBatchThatIsWantedLaterHasTheSameAttemptAgain() {
    var busy = BatchError.of(Reason.HandlerFailed, "429");
    hosts.answers(
        new Answer.Later(Duration.ofMillis(20), busy), new Answer.Later(Duration.ZERO, busy), FINE);
    enqueue(1);
    runUntil(1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1", "uid-1-0 #1", "uid-1-0 #1");
    assertThat(queue.counts(JOB).failedAttempts()).isZero();
    assertThat(outcome(0).attempts()).isEqualTo(1);
  }

  @Test
  void aBatchThatIsWantedMuchLaterGoesBackToTheQueueMeanwhile() throws Exception {
    hosts.answers(
        new Answer.Later(Duration.ofMinutes(10), BatchError.of(Reason.HandlerFailed, "429")));
    enqueue(1);
    var worker = worker(RETRY);
    var thread = Thread.ofPlatform().start(worker::run);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> queue.longestDelay(JOB).compareTo(Duration.ofMinutes(9)) > 0);
    worker.stop();
    assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
    assertThat(worker.waits().timesAsked()).isEqualTo(1);
    assertThat(queue.counts(JOB).failedAttempts()).isZero();
  }

  @Test
  void aBatchThatWentBackToTheQueueIsNotRenewedWhileItsWorkerRests() throws Exception {
    hosts.answers(
        new Answer.Later(Duration.ofMinutes(10), BatchError.of(Reason.HandlerFailed, "429")));
    try (var brief = new MemoryQueue(Duration.ofMillis(300), System::nanoTime)) {
      brief.enqueue(JOB, Batches.of(1, index -> "[0]".getBytes(UTF_8)));
      var back = new CountDownLatch(1);
      var renewed = new AtomicInteger();
      UnaryOperator<Lease> noting =
          lease ->
              new Leased(lease) {
                @Override
                public void renew() {
                  renewed.incrementAndGet();
                }

                @Override
                public void giveBack(Duration delay) {
                  super.giveBack(delay);
                  back.countDown();
                }
              };
      var worker = new Worker(assignment(RETRY), new Wrapped(brief.worker(JOB), noting), hosts);
      var thread = Thread.ofPlatform().start(worker::run);
      assertThat(back.await(20, TimeUnit.SECONDS)).isTrue();
      Thread.sleep(Duration.ofMillis(100)); // one that was under way
      var before = renewed.get();
      Thread.sleep(Duration.ofMillis(400));
      worker.stop();
      assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
      assertThat(renewed).hasValue(before);
    }
  }

  @Test
  void itemsThatAreWantedLaterHaveTheSameAttemptAgainAloneAndTheOthersDoNotWaitForThem() {
    var busy = BatchError.of(Reason.HandlerFailed, "429");
    hosts.answers(
        Answer.Items.of(
            List.of("0", "null", "null"),
            new TreeMap<>(),
            new TreeMap<>(Map.of(1, Duration.ofMillis(1500), 2, Duration.ofMillis(10))),
            new TreeMap<>(Map.of(1, busy, 2, busy)),
            Optional.empty()),
        new Answer.Result("[2]".getBytes(UTF_8)),
        new Answer.Later(Duration.ZERO, busy),
        new Answer.Result("[1]".getBytes(UTF_8)));
    enqueue(1);
    runUntil(1);
    assertThat(hosts.handled)
        .containsExactly("uid-1-0 #1", "uid-1-0 #1 [2]", "uid-1-0 #1 [1]", "uid-1-0 #1 [1]");
    assertThat(new String(outcome(0).body(), UTF_8)).isEqualTo("[0,1,2]");
    assertThat(outcome(0).attempts()).isEqualTo(1);
  }

  @Test
  void whatTheOthersReturnedIsKeptWhenAnItemBreaksTheProcessAndAnotherOneTakesItsPlace() {
    hosts.restarts = true;
    var hung = BatchError.of(Reason.HandlerFailed, "hung");
    hosts.answers(
        Answer.Items.of(
            List.of("0", "null", "null"),
            new TreeMap<>(Map.of(1, hung)),
            new TreeMap<>(Map.of(2, Duration.ZERO)),
            Optional.of(hung)),
        new Answer.Result("[2]".getBytes(UTF_8)),
        new Answer.Result("[1]".getBytes(UTF_8)));
    enqueue(1);
    runUntil(1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1", "uid-1-0 #1 [2]", "uid-1-0 #2 [1]");
    assertThat(hosts.processes).containsExactly(1, 2, 2);
    assertThat(new String(outcome(0).body(), UTF_8)).isEqualTo("[0,1,2]");
  }

  @Test
  void anAttemptInWhichEveryItemFailsIsTheBatchsAndTheRetryAnotherProcesss() {
    hosts.restarts = true;
    hosts.answers(
        items("null,null", Map.of(0, THROWN, 1, THROWN)),
        items("0,null", Map.of(1, THROWN)),
        new Answer.Result("[1]".getBytes(UTF_8)));
    enqueue(1);
    runUntil(1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1", "uid-1-0 #2", "uid-1-0 #3 [1]");
    assertThat(hosts.processes).containsExactly(1, 2, 2);
    assertThat(queue.counts(JOB).failedAttempts()).isEqualTo(2);
    assertThat(new String(outcome(0).body(), UTF_8)).isEqualTo("[0,1]");
  }

  @Test
  void itemsThatAllFailTheirLastAttemptAreToldOneByOne() {
    var once = worker(new RetryPolicy(1, Duration.ofMillis(1), Duration.ofMillis(2), 10));
    hosts.answers(items("null,null", Map.of(0, THROWN, 1, THROWN)));
    enqueue(1);
    run(once, () -> queue.counts(JOB).done() == 1);
    assertThat(outcome(0).kind()).isEqualTo(Outcome.Kind.PARTIAL);
  }

  @Test
  void aWorkerThatIsToldToStopGivesItsFailedItemsBackAndSpendsNoAttemptOnThem() {
    var patient = worker(new RetryPolicy(3, Duration.ofHours(1), Duration.ofHours(1), 10));
    hosts.answers(items("0,null", Map.of(1, THROWN)));
    enqueue(1);
    var running = CompletableFuture.supplyAsync(patient::run);
    await().until(() -> hosts.handled.size() == 1);
    patient.stop();
    assertThat(running.join().reason()).isEqualTo(WorkerExit.Reason.RELEASED);
    assertThat(hosts.handled).hasSize(1);
    assertThat(queue.counts(JOB))
        .extracting(Counts::done, Counts::failedAttempts, Counts::lost)
        .containsExactly(0, 0, 0);
  }

  @Test
  void theBackoffOfItemsEndsWithTheJob() {
    var patient = worker(new RetryPolicy(3, Duration.ofHours(1), Duration.ofHours(1), 10));
    hosts.answers(items("0,null", Map.of(1, THROWN)));
    enqueue(1);
    var running = CompletableFuture.supplyAsync(patient::run);
    await("who watches it knows how long").until(() -> patient.waits().holds().toMinutes() > 50);
    queue.end(JOB, new End(Verdict.Cancelled, "", Instant.now()));
    assertThat(running.join().reason()).isEqualTo(WorkerExit.Reason.DONE);
    assertThat(patient.waits().holds()).isZero();
  }

  @Test
  void aBatchWithoutAttemptsLeftFailsWithItsLastError() {
    hosts.answers(new Answer.Failed(THROWN), new Answer.Failed(THROWN), new Answer.Failed(THROWN));
    enqueue(1);
    runUntil(1);
    assertThat(outcome(0).kind()).isEqualTo(Outcome.Kind.FAILED);
    assertThat(outcome(0).attempts()).isEqualTo(3);
    var error = BatchError.fromJson(outcome(0).body());
    assertThat(error).isEqualTo(THROWN.ran(ran(error)));
    assertThat(queue.counts(JOB).failedAttempts()).isEqualTo(3);
  }

  @Test
  void aBatchWhoseFileChangedFailsAtOnceAndItsHandlerIsNotAsked() {
    hosts.answers(FINE);
    enqueue(2);
    reading(
        lease ->
            lease.index() == 0
                ? new Fetched.Changed("s3://b/k is another one")
                : new Fetched.Payload(lease.payload()),
        2);
    assertThat(hosts.handled).containsExactly("uid-1-1 #1");
    assertThat(BatchError.fromJson(outcome(0).body()))
        .isEqualTo(BatchError.of(Reason.InputChanged, "s3://b/k is another one"));
  }

  @Test
  void aBatchOfWhichNothingCanBeReadFailsAtOnce() {
    enqueue(1);
    reading(withUnreadable("[null]", 0), 1);
    assertThat(hosts.handled).isEmpty();
    assertThat(BatchError.fromJson(outcome(0).body())).isEqualTo(unreadable(0));
  }

  @Test
  void anItemThatCantBeReadFailsAloneAndTheOthersAreHandedOver() {
    hosts.answers(new Answer.Result("[10,30]".getBytes(UTF_8)));
    enqueue(1);
    reading(withUnreadable("[1,null,3,null]", 1, 3), 1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1 [0, 2]");
    assertThat(outcome(0).kind()).isEqualTo(Outcome.Kind.PARTIAL);
    var items = ItemOutcomes.fromJson(outcome(0).body());
    assertThat(items.results()).containsExactly("10", "null", "30", "null");
    assertThat(items.errors())
        .containsExactly(
            new ItemOutcomes.ItemError(1, 1, unreadable(1)),
            new ItemOutcomes.ItemError(3, 1, unreadable(3)));
  }

  @Test
  void theOthersAreTriedAgainAsEver() {
    hosts.answers(
        items("null,30", Map.of(0, THROWN)), // of items 0 and 2
        new Answer.Result("[10]".getBytes(UTF_8)));
    enqueue(1);
    reading(withUnreadable("[1,null,3]", 1), 1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1 [0, 2]", "uid-1-0 #2 [0]");
    var items = ItemOutcomes.fromJson(outcome(0).body());
    assertThat(items.results()).containsExactly("10", "null", "30");
    assertThat(items.errors()).extracting(ItemOutcomes.ItemError::item).containsExactly(1);
  }

  @Test
  void ifNoneOfTheOthersSucceedsThatIsAFailedAttemptOfTheBatch() {
    hosts.answers(
        items("null,null", Map.of(0, THROWN, 1, THROWN)),
        new Answer.Failed(THROWN),
        new Answer.Result(new byte[0]));
    enqueue(1);
    reading(withUnreadable("[1,null,3]", 1), 1);
    assertThat(hosts.handled)
        .containsExactly("uid-1-0 #1 [0, 2]", "uid-1-0 #2 [0, 2]", "uid-1-0 #3 [0, 2]");
    var items = ItemOutcomes.fromJson(outcome(0).body());
    assertThat(items.results()).containsExactly("null", "null", "null");
    assertThat(items.errors()).containsExactly(new ItemOutcomes.ItemError(1, 3, unreadable(1)));
  }

  @Test
  void aBatchWithOneResultNeedsAllOfItsItems() {
    hosts.answers(new Answer.Result("{\"sum\":4}".getBytes(UTF_8)));
    enqueue(1);
    reading(withUnreadable("[1,null,3]", 1), 1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1 [0, 2]");
    assertThat(BatchError.fromJson(outcome(0).body()).reason()).isEqualTo(Reason.InputInvalid);
    assertThat(BatchError.fromJson(outcome(0).body()).message()).contains(unreadable(1).message());
  }

  @Test
  void andIsNotBegunIfThatIsKnown() {
    enqueue(1);
    var its = assignment(RETRY);
    var assignment =
        new Assignment(
            its.jobId(), its.jobName(), its.retry(), its.batchTimeout(), 3, false, its.rate(), 1);
    reading(assignment, withUnreadable("[1,null,3]", 1), 1);
    assertThat(hosts.handled).isEmpty();
    assertThat(BatchError.fromJson(outcome(0).body()).message()).contains(unreadable(1).message());
  }

  private static Payloads withUnreadable(String json, Integer... positions) {
    var why = new TreeMap<Integer, String>();
    for (var position : positions) {
      why.put(position, unreadable(position).message());
    }
    return lease -> Fetched.of(new ReadBatch(json.getBytes(UTF_8), json.split(",").length, why));
  }

  private static BatchError unreadable(int position) {
    return BatchError.of(Reason.InputInvalid, "s3://b/k:%d: no JSON".formatted(position));
  }

  @Test
  void aStoreThatIsAwayCostsNoAttempt() {
    hosts.answers(FINE);
    enqueue(1);
    var asked = new AtomicInteger();
    reading(
        lease ->
            asked.incrementAndGet() == 1
                ? new Fetched.Away("503 SlowDown")
                : new Fetched.Payload(lease.payload()),
        1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1");
    assertThat(queue.counts(JOB))
        .extracting(Counts::succeeded, Counts::failedAttempts, Counts::lost)
        .containsExactly(1, 0, 0);
  }

  /** Each batch that is given back is a record, of which a job may have so many. */
  @Test
  void aBatchWhoseStoreIsAwayIsKept() {
    hosts.answers(FINE);
    enqueue(1);
    var leases = new ArrayList<Lease>();
    reading(
        lease -> {
          leases.add(lease);
          return leases.size() <= 2
              ? new Fetched.Away("503 SlowDown")
              : new Fetched.Payload(lease.payload());
        },
        1);
    assertThat(leases).hasSize(3);
    assertThat(leases).allSatisfy(lease -> assertThat(lease).isSameAs(leases.getFirst()));
  }

  private Worker workerWithoutItsStore(CountDownLatch asked) {
    return new Worker(
        assignment(RETRY),
        queue.worker(JOB),
        hosts,
        lease -> {
          asked.countDown();
          return new Fetched.Away("503 SlowDown");
        });
  }

  @Test
  void aWorkerThatWaitsForAStoreStopsAtOnceAndGivesTheBatchBack() {
    enqueue(1);
    var asked = new CountDownLatch(1);
    var waiting = workerWithoutItsStore(asked);
    var exit = CompletableFuture.supplyAsync(waiting::run);
    await().until(() -> asked.getCount() == 0);
    waiting.stop();
    assertThat(exit.join()).isEqualTo(new WorkerExit(WorkerExit.Reason.DONE, "stopped"));
    assertThat(queue.counts(JOB))
        .extracting(Counts::done, Counts::failedAttempts, Counts::lost)
        .containsExactly(0, 0, 0);
  }

  @Test
  void aWorkerThatWaitsForAStoreLeavesWithTheJob() {
    enqueue(1);
    var asked = new CountDownLatch(1);
    var waiting = workerWithoutItsStore(asked);
    assertThat(run(waiting, () -> asked.getCount() == 0).reason())
        .isEqualTo(WorkerExit.Reason.DONE);
  }

  @Test
  void aStoreThatRefusesEndsTheWorkerWithItsWordsAndTheBatchIsGivenBack() {
    enqueue(1);
    var exit =
        new Worker(
                assignment(RETRY),
                queue.worker(JOB),
                hosts,
                lease -> new Fetched.Refused("no access to bucket b"))
            .run();
    assertThat(exit)
        .isEqualTo(new WorkerExit(WorkerExit.Reason.STORE_REFUSED, "no access to bucket b"));
    assertThat(queue.counts(JOB))
        .extracting(Counts::done, Counts::failedAttempts, Counts::lost)
        .containsExactly(0, 0, 0);
  }

  /** How long the attempt ran, which each error of a batch says. */
  private static Duration ran(BatchError error) {
    return Duration.ofMillis(Math.round(1000 * Objects.requireNonNull(error.seconds())));
  }

  @Test
  void anErrorSaysHowLongItsItemRanIfTheHostKnows() {
    var slow = BatchError.of(Reason.HandlerFailed, "slow").ran(Duration.ofMillis(1234));
    var listed = BatchError.of(Reason.HandlerFailed, "listed");
    hosts.answers(items("null,null,3", Map.of(0, slow, 1, listed)));
    enqueue(1);
    run(
        worker(new RetryPolicy(1, Duration.ofMillis(1), Duration.ofMillis(2), 10)),
        () -> queue.counts(JOB).done() == 1);
    assertThat(ItemOutcomes.fromJson(outcome(0).body()).errors())
        .extracting(item -> item.error().seconds())
        .containsExactly(1.234, null);
  }

  @Test
  void aFatalErrorIsNotTriedAgain() {
    var fatal = BatchError.of(Reason.FatalError, "not an image");
    hosts.answers(new Answer.Failed(fatal));
    enqueue(1);
    runUntil(1);
    assertThat(hosts.handled).hasSize(1);
    var error = BatchError.fromJson(outcome(0).body());
    assertThat(error).isEqualTo(fatal.ran(ran(error)));
  }

  @Test
  void aHostThatDiesCostsItsBatchOneAttemptAndIsReplaced() {
    hosts.answers(new Answer.Died("exit code 139 (SIGSEGV)"), FINE, FINE);
    enqueue(2);
    runUntil(2);
    assertThat(hosts.started).hasValue(2);
    assertThat(queue.counts(JOB))
        .extracting(Counts::succeeded, Counts::failedAttempts)
        .containsExactly(2, 1);
  }

  @Test
  void aBatchThatItsHostNeverGotLosesNoAttempt() {
    hosts.answers(new Answer.NeverStarted("exit code 1"), FINE);
    enqueue(1);
    runUntil(1);
    assertThat(hosts.handled).containsExactly("uid-1-0 #1", "uid-1-0 #1");
    assertThat(queue.counts(JOB).failedAttempts()).isZero();
  }

  @Test
  void aTimeoutIsAFailedAttemptThatNamesTheSetting() {
    var late = new Answer.TimedOut();
    hosts.answers(late, late, late);
    enqueue(1);
    runUntil(1);
    var error = BatchError.fromJson(outcome(0).body());
    assertThat(error.reason()).isEqualTo(Reason.BatchTimedOut);
    assertThat(error.message()).contains("timeouts.batchSeconds").contains("7 s");
  }

  @Test
  void completionRunsWithTheSummaryAndIsRecordedOnce() {
    hosts.answers(FINE);
    queue.open(JOB, 1);
    queue.enqueueCompletion(JOB, "{\"total\":0}".getBytes(UTF_8));
    run(() -> queue.counts(JOB).completion().isPresent());
    assertThat(hosts.handled).containsExactly("complete {\"total\":0}");
    assertThat(queue.counts(JOB).completion()).contains(Outcome.Kind.SUCCEEDED);
  }

  @Test
  void anInvalidHandlerEndsTheWorkerBeforeAnyBatchIsLeased() throws InterruptedException {
    hosts.failure =
        new HostStartException(HostStartException.Kind.INVALID, "no class Handler", null);
    enqueue(1);
    var exit = worker.run();
    assertThat(exit)
        .isEqualTo(new WorkerExit(WorkerExit.Reason.HANDLER_INVALID, "no class Handler"));
    assertThat(exit.reason().code()).isEqualTo(3);
    assertThat(queue.worker(JOB).lease(Duration.ofMillis(1))).isPresent();
  }

  @Test
  void anAbandonedWorkerGivesItsBatchBackAtOnceAndUncounted() throws Exception {
    hosts.block = new CountDownLatch(1);
    enqueue(1);
    var exit = CompletableFuture.supplyAsync(worker::run);
    await().until(() -> !hosts.handled.isEmpty());
    worker.abandon();
    assertThat(exit.get().reason()).isEqualTo(WorkerExit.Reason.RELEASED);
    var lease = queue.worker(JOB).lease(Duration.ofSeconds(5)).orElseThrow();
    assertThat(lease.attempts().next()).isEqualTo(1);
    assertThat(lease.attempts().losses()).isZero();
  }

  @Test
  void aBatchThatFailedIsTriedAgainInAFreshProcess() {
    hosts.answers(new Answer.Failed(THROWN), new Answer.Failed(THROWN), FINE);
    enqueue(1);
    runUntil(1);
    assertThat(hosts.processes).containsExactly(1, 2, 3);
    assertThat(queue.counts(JOB).succeeded()).isEqualTo(1);
  }

  @Test
  void aProcessThatOneBatchBreaksCostsNoOtherBatchItsOutcome() {
    hosts.breaks = 3;
    enqueue(60);
    runUntil(60);
    assertThat(queue.counts(JOB))
        .extracting(Counts::succeeded, Counts::failed)
        .containsExactly(59, 1);
    assertThat(outcome(3).kind()).isEqualTo(Outcome.Kind.FAILED);
    assertThat(hosts.started.get()).isBetween(3, 12);
  }

  @Test
  void evenWithOneAttemptEach() {
    var once = worker(new RetryPolicy(1, Duration.ofMillis(1), Duration.ofMillis(2), 10));
    hosts.breaks = 3;
    enqueue(20);
    run(once, () -> queue.counts(JOB).done() == 20);
    assertThat(queue.counts(JOB))
        .extracting(Counts::succeeded, Counts::failed)
        .containsExactly(19, 1);
    assertThat(hosts.handled).hasSize(20);
  }

  @Test
  void aBrokenProcessTakesNoOtherBatch() {
    hosts.answers(new Answer.Broke(THROWN), FINE, FINE);
    enqueue(2);
    runUntil(2);
    assertThat(hosts.processes).containsExactly(1, 2, 2);
    assertThat(queue.counts(JOB))
        .extracting(Counts::succeeded, Counts::failedAttempts)
        .containsExactly(2, 1);
  }

  @Test
  void whereNoOtherProcessFollowsTheWorkerAsksToBeReplaced() {
    hosts.restarts = false;
    hosts.answers(new Answer.Broke(THROWN));
    enqueue(2);
    var exit = runUntil(2);
    assertThat(exit.reason()).isEqualTo(WorkerExit.Reason.HOST_ENDED);
    assertThat(exit.message()).contains("is replaced: it is broken: no such label");
  }

  @Test
  void theBatchTimeoutBeginsWhenTheHandlerGetsTheBatch() {
    hosts.answers(new Answer.Failed(THROWN), FINE);
    enqueue(1);
    UnaryOperator<Lease> slow =
        lease ->
            new Leased(lease) {
              @Override
              public Attempts attempts() {
                LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
                return super.attempts();
              }
            };
    run(over(slow), () -> queue.counts(JOB).done() == 1);
    assertThat(hosts.timeLeft)
        .allSatisfy(left -> assertThat(left).isGreaterThan(Duration.ofMillis(6_600)));
  }

  @Test
  void aFatalErrorWhoseAttemptWasCountedAsLostIsOneAttempt() {
    var fatal = BatchError.of(Reason.FatalError, "not an image");
    hosts.answers(new Answer.Failed(fatal));
    enqueue(1);
    UnaryOperator<Lease> countedAsLost =
        lease ->
            new Leased(lease) {
              @Override
              public Attempts recordFailure(BatchError error) {
                return new Attempts(0, 1, 0, List.of());
              }
            };
    run(over(countedAsLost), () -> queue.counts(JOB).done() == 1);
    assertThat(outcome(0).attempts()).isEqualTo(1);
  }

  @Test
  void aStoppedWorkerThatIsIdleLeavesAtOnce() throws Exception {
    var exit = CompletableFuture.supplyAsync(worker::run);
    await().until(() -> hosts.started.get() == 1);
    worker.stop();
    assertThat(exit.get().reason()).isEqualTo(WorkerExit.Reason.DONE);
  }

  private Outcome outcome(int index) {
    return Objects.requireNonNull(queue.outcome(JOB, index));
  }

  private void enqueue(int count) {
    queue.enqueue(JOB, Batches.of(count, index -> ("[" + index + "]").getBytes(UTF_8)));
  }

  private WorkerExit runUntil(int done) {
    return run(() -> queue.counts(JOB).done() == done);
  }

  /** A worker that gets its payloads from elsewhere, until so many batches are done. */
  private void reading(Payloads payloads, int done) {
    reading(assignment(RETRY), payloads, done);
  }

  private void reading(Assignment assignment, Payloads payloads, int done) {
    run(
        new Worker(assignment, queue.worker(JOB), hosts, payloads),
        () -> queue.counts(JOB).done() == done);
  }

  private WorkerExit run(Callable<Boolean> over) {
    return run(worker, over);
  }

  private WorkerExit run(Worker one, Callable<Boolean> over) {
    var exit = CompletableFuture.supplyAsync(one::run);
    await().until(() -> exit.isDone() || over.call());
    queue.end(JOB, new End(Verdict.Complete, "", Instant.now()));
    queue.retire(JOB);
    return exit.join();
  }

  /** Hosts that give the answers of a list, one after the other, over all of them. */
  private static final class ScriptedHosts implements HostSource {
    private final Deque<Answer> answers = new ArrayDeque<>();
    private final List<String> handled = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private @Nullable HostStartException failure;
    private @Nullable CountDownLatch block;
    private final List<Integer> processes = Collections.synchronizedList(new ArrayList<>());
    private final List<Duration> timeLeft = Collections.synchronizedList(new ArrayList<>());
    private boolean restarts = true;

    /** The batch that breaks its process, in place of the list; below 0 for none. */
    private int breaks = -1;

    void answers(Answer... script) {
      answers.addAll(List.of(script));
    }

    @Override
    public Host start() throws HostStartException {
      if (failure != null) {
        throw failure;
      }
      started.incrementAndGet();
      return new ScriptedHost();
    }

    @Override
    public boolean canRestart() {
      return restarts;
    }

    private final class ScriptedHost implements Host {
      private final int number = started.get();
      private boolean alive = true;
      private boolean broken;

      @Override
      public Answer handle(Call call) {
        var index = call.index();
        handled.add(
            call.id()
                + " #"
                + call.attempt()
                + (call.positions().isEmpty() ? "" : " " + call.positions()));
        processes.add(number);
        call.deadline().ifPresent(at -> timeLeft.add(Duration.between(Instant.now(), at)));
        if (breaks >= 0) {
          broken |= index == breaks;
          return broken ? new Answer.Failed(THROWN) : FINE;
        }
        return answer();
      }

      @Override
      public Answer complete(Optional<Instant> deadline, byte[] summary) {
        handled.add("complete " + new String(summary, UTF_8));
        return answer();
      }

      private Answer answer() {
        if (block != null) {
          try {
            block.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return new Answer.Died("killed");
        }
        var answer = answers.remove();
        alive =
            answer instanceof Answer.Result
                || answer instanceof Answer.Items
                || answer instanceof Answer.Failed
                || answer instanceof Answer.Broke;
        return answer;
      }

      @Override
      public boolean alive() {
        return alive;
      }

      @Override
      public void kill() {
        alive = false;
        if (block != null) {
          block.countDown();
        }
      }

      @Override
      public void close() {
        closed.incrementAndGet();
      }
    }
  }

  /** A queue whose leases are others. */
  record Wrapped(WorkQueue inner, UnaryOperator<Lease> lease) implements WorkQueue {
    @Override
    public Optional<Lease> lease(Duration wait) throws InterruptedException {
      return inner.lease(wait).map(lease);
    }

    @Override
    public Optional<End> ended() {
      return inner.ended();
    }

    @Override
    public Reservation reserve(Rate rate, int permits) {
      return inner.reserve(rate, permits);
    }

    @Override
    public void giveBack(Reservation.Made reserved, int permits) {
      inner.giveBack(reserved, permits);
    }

    @Override
    public Duration leaseDuration() {
      return inner.leaseDuration();
    }

    @Override
    public void close() {
      inner.close();
    }
  }

  static class Leased implements Lease {
    private final Lease inner;

    Leased(Lease inner) {
      this.inner = inner;
    }

    @Override
    public int index() {
      return inner.index();
    }

    @Override
    public byte[] payload() {
      return inner.payload();
    }

    @Override
    public Attempts attempts() {
      return inner.attempts();
    }

    @Override
    public void renew() {
      inner.renew();
    }

    @Override
    public boolean mayHaveExpired() {
      return inner.mayHaveExpired();
    }

    @Override
    public Attempts recordFailure(BatchError error) {
      return inner.recordFailure(error);
    }

    @Override
    public void recordRelease() {
      inner.recordRelease();
    }

    @Override
    public void recordWait(long seconds) {
      inner.recordWait(seconds);
    }

    @Override
    public void giveBack(Duration delay) {
      inner.giveBack(delay);
    }

    @Override
    public boolean commit(Outcome outcome) {
      return inner.commit(outcome);
    }
  }
}
