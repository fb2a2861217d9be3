package dev.batchapi.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.batchapi.queue.BatchError.Reason;
import dev.batchapi.queue.End.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every queue and ledger does. */
@Timeout(120)
public abstract class QueueContract {
  protected static final Duration LONG = Duration.ofSeconds(30);
  protected static final Duration SHORT = Duration.ofMillis(200);

  protected final String job = newJob();

  /** The owner's side. */
  protected abstract Ledger ledger();

  /** A worker's side; closed by the test class. */
  protected abstract WorkQueue worker(String ofJob);

  /** Lets the leases that are held now run out. */
  protected abstract void letLeasesRunOut();

  protected static String newJob() {
    return UUID.randomUUID().toString();
  }

  protected static Batches batches(int count) {
    return Batches.of(count, index -> ("[" + index + "]").getBytes(UTF_8));
  }

  protected static Lease take(WorkQueue queue) throws InterruptedException {
    return queue.lease(LONG).orElseThrow(() -> new AssertionError("no batch came"));
  }

  protected static Outcome ok(String result) {
    return Outcome.succeeded(1, result.getBytes(UTF_8));
  }

  protected static BatchError error(String message) {
    return BatchError.of(Reason.HandlerFailed, message);
  }

  protected static End end(Verdict verdict) {
    return new End(verdict, "Because.", Instant.parse("2026-01-02T03:04:05.678Z"));
  }

  @Test
  void everyBatchIsHandedOutOnceAndHasItsPayload() throws Exception {
    assertThat(ledger().enqueue(job, batches(5))).isEqualTo(5);
    var queue = worker(job);
    var seen = new TreeMap<Integer, String>();
    for (var i = 0; i < 5; i++) {
      var lease = take(queue);
      assertThat(lease.attempts()).isEqualTo(Attempts.NONE);
      assertThat(lease.mayHaveExpired()).isFalse();
      seen.put(lease.index(), new String(lease.payload(), UTF_8));
      assertThat(lease.commit(ok("1"))).isTrue();
    }
    assertThat(seen).hasToString("{0=[0], 1=[1], 2=[2], 3=[3], 4=[4]}");
    assertThat(queue.lease(SHORT)).isEmpty();
    assertThat(ledger().counts(job).succeeded()).isEqualTo(5);
  }

  /** By it a worker knows whether others could be without. */
  @Test
  void aLeaseKnowsHowManyBatchesWait() throws Exception {
    ledger().enqueue(job, batches(3));
    var queue = worker(job);
    for (var waiting = 2; waiting >= 0; waiting--) {
      assertThat(take(queue).waiting()).isEqualTo(waiting);
    }
  }

  @Test
  void enqueuingAgainAddsOnlyWhatIsMissing() throws Exception {
    ledger().enqueue(job, batches(3));
    var queue = worker(job);
    take(queue).commit(ok("1"));
    var held = take(queue);
    assertThat(ledger().enqueue(job, batches(3))).isZero();
    assertThat(ledger().enqueue(job, batches(5))).isEqualTo(2);
    held.commit(ok("1"));
    for (var i = 0; i < 3; i++) {
      take(queue).commit(ok("1"));
    }
    assertThat(queue.lease(SHORT)).isEmpty();
    assertThat(ledger().counts(job).done()).isEqualTo(5);
  }

  @Test
  void noMoreThanAWindowOfBatchesWaits() throws Exception {
    var window = new Window(4, 1, Long.MAX_VALUE);
    var published = new AtomicInteger();
    assertThat(ledger().enqueue(job, batches(10), window)).isEqualTo(new Enqueued(4, 4, 6, 2));
    assertThat(ledger().enqueue(job, batches(10), window)).isEqualTo(new Enqueued(0, 4, 6, 2));
    var queue = worker(job);
    take(queue).commit(ok("1"));
    take(queue).commit(ok("1"));
    refill(window, published, 2);
    var held = List.of(take(queue), take(queue));
    refill(window, published, 4); // leased batches leave room for others
    held.forEach(lease -> lease.commit(ok("1")));
    for (var done = 4; done < 8; done++) {
      take(queue).commit(ok("1"));
    }
    assertThat(queue.lease(SHORT)).isEmpty();
    refill(window, published, 6);
    take(queue).commit(ok("1"));
    take(queue).commit(ok("1"));
    assertThat(ledger().counts(job).succeeded()).isEqualTo(10);
    assertThat(ledger().enqueue(job, batches(10), window))
        .isEqualTo(new Enqueued(0, 0, 0, Integer.MAX_VALUE));
  }

  /** An acknowledgement takes a moment, and until then its batch counts as waiting. */
  private void refill(Window window, AtomicInteger published, int expected) {
    await()
        .atMost(LONG)
        .until(
            () ->
                published.addAndGet(ledger().enqueue(job, batches(10), window).published())
                    >= expected);
    assertThat(ledger().enqueue(job, batches(10), window).published()).isZero();
    assertThat(published).hasValue(expected);
  }

  @Test
  void aJobThatIsOpenedLaterCountsWhatIsRecorded() throws Exception {
    ledger().enqueue(job, batches(4));
    var queue = worker(job);
    var failed = take(queue);
    failed.recordFailure(error("x"));
    failed.commit(Outcome.failed(1, error("x")));
    take(queue).commit(ok("1"));
    ledger().close(job);
    take(queue).commit(ok("1"));
    ledger().open(job, 4);
    assertThat(ledger().counts(job))
        .isEqualTo(new Counts(2, 1, 1, 0, Optional.empty(), Optional.empty()));
    take(queue).commit(ok("1"));
    assertThat(ledger().counts(job).succeeded()).isEqualTo(3);
    assertThat(ledger().failed(job, 10)).containsExactly(failed.index());
  }

  @Test
  void aDiscardedJobKeepsItsEndAlone() throws Exception {
    ledger().enqueue(job, batches(3));
    var queue = worker(job);
    var failed = take(queue);
    failed.recordFailure(error("x"));
    take(queue).commit(ok("1"));
    ledger().end(job, end(Verdict.QueueMisused));
    ledger().discard(job);
    assertThat(outcomes()).isEmpty();
    assertThat(queue.ended()).contains(end(Verdict.QueueMisused));
    assertThat(ledger().jobs()).contains(job);
    assertThat(worker(job).lease(SHORT)).isEmpty();
  }

  @Test
  void theFirstOutcomeStands() throws Exception {
    ledger().enqueue(job, batches(1));
    var slow = take(worker(job));
    letLeasesRunOut();
    var second = take(worker(job));
    assertThat(slow.mayHaveExpired()).isTrue();
    assertThat(second.index()).isEqualTo(slow.index());
    assertThat(slow.commit(ok("\"slow\""))).isTrue();
    assertThat(second.commit(ok("\"second\""))).isFalse();
    assertThat(new String(outcome(0).body(), UTF_8)).isEqualTo("\"slow\"");
    assertThat(ledger().counts(job).succeeded()).isEqualTo(1);
    assertThat(worker(job).lease(SHORT)).isEmpty();
  }

  @Test
  void aLostWorkerIsCountedOnce() throws Exception {
    ledger().enqueue(job, batches(1));
    var lost = take(worker(job));
    letLeasesRunOut();
    var next = take(worker(job));
    assertThat(next.attempts()).isEqualTo(new Attempts(0, 1, 0, List.of()));
    assertThat(next.attempts().losses()).isEqualTo(1);
    assertThat(lost.recordFailure(error("late")).failures()).isZero();
    assertThat(ledger().counts(job).lost()).isEqualTo(1);
    assertThat(ledger().counts(job).failedAttempts()).isZero();
  }

  @Test
  void aHolderWhoseLeaseHasRunOutGivesNothingBack() throws Exception {
    ledger().enqueue(job, batches(1));
    var third = worker(job); // connected already, for it must ask within the second lease
    var stale = take(worker(job));
    letLeasesRunOut();
    var next = take(worker(job));
    stale.giveBack(Duration.ZERO);
    stale.renew();
    assertThat(stale.mayHaveExpired()).isTrue();
    assertThat(third.lease(SHORT)).isEmpty();
    assertThat(next.commit(ok("1"))).isTrue();
  }

  @Test
  void whatFailsAfterTheEndDoesNotCount() throws Exception {
    ledger().enqueue(job, batches(2));
    var queue = worker(job);
    var first = take(queue);
    var second = take(queue);
    first.recordFailure(error("before"));
    assertThat(ledger().counts(job).failedAttempts()).isEqualTo(1);
    var end = ledger().end(job, end(Verdict.Cancelled));
    second.recordFailure(error("afterwards"));
    first.recordFailure(error("again"));
    second.commit(Outcome.failed(1, error("afterwards")));
    assertThat(ledger().counts(job))
        .isEqualTo(new Counts(0, 0, 1, 0, Optional.empty(), Optional.of(end)));
    ledger().close(job);
    ledger().open(job, 2);
    assertThat(ledger().counts(job).failedAttempts()).as("read anew").isEqualTo(1);
  }

  @Test
  void failuresAreRememberedAndCounted() throws Exception {
    ledger().enqueue(job, batches(1));
    var queue = worker(job);
    for (var i = 1; i <= 5; i++) {
      var lease = take(queue);
      assertThat(lease.attempts().next()).isEqualTo(i);
      assertThat(lease.recordFailure(error("failure " + i)).failures()).isEqualTo(i);
      assertThat(lease.recordFailure(error("again")).failures()).isEqualTo(i);
      lease.giveBack(Duration.ZERO);
    }
    var last = take(queue);
    assertThat(last.attempts().errors())
        .extracting(BatchError::message)
        .containsExactly("failure 3", "failure 4", "failure 5");
    last.commit(Outcome.succeeded(6, new byte[0]));
    assertThat(ledger().counts(job))
        .extracting(Counts::succeeded, Counts::failed, Counts::failedAttempts, Counts::lost)
        .containsExactly(1, 0, 5, 0);
  }

  @Test
  void aBatchThatFailedForGoodIsRecordedWithItsError() throws Exception {
    ledger().enqueue(job, batches(2));
    var queue = worker(job);
    var first = take(queue);
    first.recordFailure(error("boom"));
    first.commit(Outcome.failed(1, error("boom")));
    take(queue).commit(Outcome.failed(1, BatchError.of(Reason.WorkerLost, "gone")));
    assertThat(ledger().counts(job).failed()).isEqualTo(2);
    assertThat(ledger().counts(job).failedAttempts()).isEqualTo(1);
    var outcome = outcome(first.index());
    assertThat(outcome.kind()).isEqualTo(Outcome.Kind.FAILED);
    assertThat(outcome.attempts()).isEqualTo(1);
    assertThat(BatchError.fromJson(outcome.body()).message()).isEqualTo("boom");
  }

  @Test
  void aBatchSomeOfWhoseItemsFailedSucceededAndItsItemsAreCounted() throws Exception {
    ledger().enqueue(job, batches(2));
    var queue = worker(job);
    take(queue).commit(ok("[1]"));
    var items =
        new ItemOutcomes(
            List.of("1", "null", "null"),
            List.of(
                new ItemOutcomes.ItemError(1, 2, error("a")),
                new ItemOutcomes.ItemError(2, 1, error("b"))));
    var partial = take(queue);
    partial.commit(Outcome.partial(2, items));
    for (var opened = 0; opened < 2; opened++) {
      assertThat(ledger().counts(job))
          .extracting(
              Counts::succeeded, Counts::failed, Counts::partial, Counts::failedItems, Counts::last)
          .containsExactly(2, 0, 1, 2, Optional.of(Outcome.Kind.PARTIAL));
      assertThat(ledger().partial(job, 10)).containsExactly(partial.index());
      assertThat(ledger().failed(job, 10)).isEmpty();
      ledger().close(job);
      ledger().open(job, 2);
    }
    var outcome = outcome(partial.index());
    assertThat(outcome.kind()).isEqualTo(Outcome.Kind.PARTIAL);
    assertThat(outcome.failedItems()).isEqualTo(2);
    assertThat(ItemOutcomes.fromJson(outcome.body())).isEqualTo(items);
  }

  @Test
  void aResultMayLieElsewhereAndTheLedgerSaysWhere() throws Exception {
    ledger().enqueue(job, batches(2));
    var queue = worker(job);
    var stored = new StoredResult(StoredResult.newName(0), 64 << 20, "ab".repeat(32));
    var errors = List.of(new ItemOutcomes.ItemError(3, 1, error("a")));
    take(queue).commit(Outcome.succeeded(2, stored));
    take(queue).commit(Outcome.partial(1, new ItemOutcomes(List.of(), errors), stored));
    assertThat(outcome(0).stored()).isEqualTo(stored);
    assertThat(outcome(0).body()).isEmpty();
    assertThat(outcome(1).stored()).isEqualTo(stored);
    assertThat(ItemOutcomes.fromJson(outcome(1).body()).errors()).isEqualTo(errors);
    assertThat(ledger().counts(job))
        .extracting(Counts::succeeded, Counts::failed, Counts::failedItems)
        .containsExactly(2, 0, 1);
  }

  @Test
  void theFailedBatchesAreKnownByTheirIndices() throws Exception {
    ledger().enqueue(job, batches(12));
    var queue = worker(job);
    for (var i = 0; i < 11; i++) {
      var lease = take(queue);
      lease.commit(
          lease.index() % 3 == 1 ? Outcome.failed(1, error("no " + lease.index())) : ok("1"));
    }
    assertThat(ledger().failed(job, 100)).containsExactly(1, 4, 7, 10);
    assertThat(ledger().failed(job, 2)).containsExactly(1, 4);
    assertThat(ledger().failed(job, 0)).isEmpty();
    assertThat(BatchError.fromJson(outcome(4).body()).message()).isEqualTo("no 4");
    var held = take(queue);
    ledger().end(job, end(Verdict.Cancelled));
    held.commit(Outcome.failed(1, error("too late")));
    ledger().enqueueCompletion(job, "{}".getBytes(UTF_8));
    assertThat(ledger().failed(job, 100)).containsExactly(1, 4, 7, 10);
  }

  @Test
  void aReleasedBatchComesBackAtOnceAndIsNoLoss() throws Exception {
    ledger().enqueue(job, batches(1));
    var queue = worker(job);
    var lease = take(queue);
    lease.recordRelease();
    lease.giveBack(Duration.ZERO);
    var again = take(queue);
    assertThat(again.attempts()).isEqualTo(new Attempts(0, 0, 1, List.of()));
    assertThat(ledger().counts(job).lost()).isZero();
  }

  @Test
  void aBatchThatIsWantedLaterIsNeitherAnAttemptNorALossAndItsWaitIsKnown() throws Exception {
    ledger().enqueue(job, batches(1));
    var lease = take(worker(job));
    lease.recordWait(90);
    lease.giveBack(Duration.ZERO);
    var again = take(worker(job));
    assertThat(again.attempts()).isEqualTo(new Attempts(0, 0, 0, 90, List.of()));
    again.recordWait(30);
    again.giveBack(Duration.ZERO);
    assertThat(take(worker(job)).attempts().waited()).isEqualTo(120);
    assertThat(ledger().counts(job).failedAttempts()).isZero();
  }

  @Test
  void aDelayedBatchWaitsBehindOthers() throws Exception {
    ledger().enqueue(job, batches(2));
    var queue = worker(job);
    var first = take(queue);
    first.recordFailure(error("later"));
    first.giveBack(Duration.ofHours(1));
    assertThat(take(queue).index()).isNotEqualTo(first.index());
    assertThat(queue.lease(SHORT)).isEmpty();
  }

  @Test
  void aBatchThatWasGivenBackIsNotRenewedAndItsDelayLasts() throws Exception {
    ledger().enqueue(job, batches(1));
    var queue = worker(job);
    var lease = take(queue);
    lease.giveBack(Duration.ofHours(1));
    lease.renew();
    assertThat(lease.mayHaveExpired()).isTrue();
    letLeasesRunOut();
    assertThat(queue.lease(Duration.ofSeconds(1))).isEmpty();
  }

  @Test
  void aRenewedLeaseLasts() throws Exception {
    ledger().enqueue(job, batches(1));
    var lease = take(worker(job));
    lease.renew();
    assertThat(lease.mayHaveExpired()).isFalse();
    letLeasesRunOut();
    assertThat(lease.mayHaveExpired()).isTrue();
    lease.renew();
    assertThat(lease.mayHaveExpired()).isTrue();
  }

  @Test
  void theCompletionIsWorkWithAnOutcomeOfItsOwn() throws Exception {
    ledger().enqueue(job, batches(1));
    var queue = worker(job);
    take(queue).commit(ok("1"));
    ledger().enqueueCompletion(job, "{\"total\":1}".getBytes(UTF_8));
    ledger().enqueueCompletion(job, "{\"total\":2}".getBytes(UTF_8));
    var lease = take(queue);
    assertThat(lease.index()).isEqualTo(Lease.COMPLETION);
    assertThat(new String(lease.payload(), UTF_8)).isEqualTo("{\"total\":1}");
    ledger().enqueueCompletion(job, new byte[0]);
    assertThat(lease.commit(ok(""))).isTrue();
    ledger().enqueueCompletion(job, new byte[0]);
    assertThat(queue.lease(SHORT)).isEmpty();
    assertThat(ledger().counts(job).completion()).contains(Outcome.Kind.SUCCEEDED);
    assertThat(ledger().counts(job).done()).isEqualTo(1);
    assertThat(outcome(Lease.COMPLETION).kind()).isEqualTo(Outcome.Kind.SUCCEEDED);
  }

  @Test
  void aCompletionWhoseWorkerWasLostComesAgain() throws Exception {
    ledger().open(job, 1);
    ledger().enqueueCompletion(job, "{}".getBytes(UTF_8));
    take(worker(job));
    letLeasesRunOut();
    var again = take(worker(job));
    assertThat(again.index()).isEqualTo(Lease.COMPLETION);
    assertThat(again.attempts().losses()).isEqualTo(1);
    assertThat(again.commit(ok(""))).isTrue();
    assertThat(ledger().counts(job).lost()).as("of batches").isZero();
    assertThat(ledger().counts(job).completion()).contains(Outcome.Kind.SUCCEEDED);
  }

  @Test
  void theFirstEndStaysAndLaterOutcomesDoNotCount() throws Exception {
    ledger().enqueue(job, batches(3));
    var queue = worker(job);
    var held = take(queue);
    take(queue).commit(ok("1"));
    assertThat(queue.ended()).isEmpty();
    assertThat(ledger().end(job, end(Verdict.Cancelled))).isEqualTo(end(Verdict.Cancelled));
    assertThat(ledger().end(job, end(Verdict.Complete))).isEqualTo(end(Verdict.Cancelled));
    assertThat(queue.ended()).contains(end(Verdict.Cancelled));
    held.commit(ok("2"));
    assertThat(ledger().counts(job).succeeded()).isEqualTo(1);
    assertThat(ledger().counts(job).end()).contains(end(Verdict.Cancelled));
    assertThat(ledger().outcome(job, held.index())).isNull();
    assertThat(outcomes()).hasSize(1);
    assertThat(ledger().enqueue(job, batches(3))).isZero();
  }

  @Test
  void outcomesAreReadByIndex() throws Exception {
    ledger().enqueue(job, batches(20));
    var queue = worker(job);
    for (var i = 0; i < 10; i++) {
      var lease = take(queue);
      lease.commit(ok("\"r" + lease.index() + "\""));
    }
    assertThat(outcomes())
        .hasSize(10)
        .allSatisfy((i, r) -> assertThat(r).isEqualTo("\"r" + i + "\""));
    assertThat(ledger().outcome(job, 19)).isNull();
  }

  @Test
  void whoHasReadEnoughOutcomesGetsNoMore() throws Exception {
    ledger().enqueue(job, batches(20));
    var queue = worker(job);
    for (var i = 0; i < 20; i++) {
      take(queue).commit(ok("1"));
    }
    var read = new HashSet<Integer>();

    ledger()
        .outcomesWhile(
            job,
            (index, outcome) -> {
              read.add(index);
              return read.size() < 7;
            });

    assertThat(read).hasSize(7);
  }

  private Outcome outcome(int index) {
    return Objects.requireNonNull(ledger().outcome(job, index), "no outcome");
  }

  private Map<Integer, String> outcomes() {
    var found = new TreeMap<Integer, String>();
    ledger().outcomes(job, (index, outcome) -> found.put(index, new String(outcome.body(), UTF_8)));
    return found;
  }

  @Test
  void aWaitingWorkerIsWokenByWorkThatComes() throws Exception {
    var queue = worker(job);
    var waiting = inBackground(() -> queue.lease(LONG));
    ledger().enqueue(job, batches(1));
    assertThat(waiting.get(LONG.toSeconds(), TimeUnit.SECONDS)).isPresent();
  }

  @Test
  void aWaitingWorkerIsWokenByTheEnd() throws Exception {
    ledger().enqueue(job, batches(1));
    var queue = worker(job);
    take(queue).commit(ok("1"));
    var waiting = inBackground(() -> queue.lease(Duration.ofHours(1)));
    ledger().end(job, end(Verdict.Complete));
    ledger().retire(job);
    ledger().retire(job);
    assertThat(waiting.get(LONG.toSeconds(), TimeUnit.SECONDS)).isEmpty();
    assertThat(queue.lease(Duration.ofHours(1))).isEmpty();
    assertThat(queue.ended()).map(End::verdict).contains(Verdict.Complete);
  }

  @Test
  void aWorkerThatHoldsABatchOfARetiredJobCanStillFinishIt() throws Exception {
    ledger().enqueue(job, batches(1));
    var lease = take(worker(job));
    ledger().end(job, end(Verdict.Cancelled));
    ledger().retire(job);
    lease.renew();
    lease.recordFailure(error("too late"));
    lease.commit(ok("1"));
    assertThat(ledger().counts(job).succeeded()).isZero();
  }

  @Test
  void anInterruptedWorkerStopsWaiting() throws Exception {
    var queue = worker(job);
    var stopped = new CompletableFuture<Boolean>();
    var thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    stopped.complete(queue.lease(Duration.ofHours(1)).isPresent());
                  } catch (InterruptedException e) {
                    stopped.completeExceptionally(e);
                  }
                });
    thread.interrupt();
    assertThat(stopped)
        .failsWithin(LONG)
        .withThrowableThat()
        .withCauseInstanceOf(InterruptedException.class);
  }

  /** Else the batch would wait until its lease runs out: 15 s at the end of a small job. */
  @Test
  void anInterruptedWorkerTakesNoBatchWithIt() throws Exception {
    var count = 60;
    ledger().enqueue(job, batches(count));
    var done = new AtomicInteger();
    for (int i = 0; i < count; i++) {
      var queue = worker(job);
      var leasing = new AtomicBoolean(true);
      var thread =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      var lease = queue.lease(Duration.ofHours(1)).orElseThrow();
                      synchronized (leasing) {
                        leasing.set(false);
                        Thread.interrupted();
                      }
                      lease.commit(ok("1"));
                      done.incrementAndGet();
                    } catch (InterruptedException e) {
                      // As it was told.
                    }
                  });
      TimeUnit.MICROSECONDS.sleep(i % 20 * 250L);
      synchronized (leasing) {
        if (leasing.get()) {
          thread.interrupt();
        }
      }
      thread.join();
    }

    var other = worker(job);
    for (var lease = other.lease(SHORT); lease.isPresent(); lease = other.lease(SHORT)) {
      lease.get().commit(ok("1"));
      done.incrementAndGet();
    }
    assertThat(done).hasValue(count);
  }

  @Test
  void aRemovedJobIsGoneAndCanComeAgain() throws Exception {
    var other = newJob();
    ledger().enqueue(job, batches(3));
    ledger().enqueue(other, batches(1));
    var queue = worker(job);
    var failed = take(queue);
    failed.recordFailure(error("x"));
    failed.giveBack(Duration.ZERO);
    take(queue).commit(ok("1"));
    assertThat(ledger().jobs()).contains(job, other);
    ledger().end(job, end(Verdict.Cancelled));
    ledger().retire(job);
    ledger().remove(job);
    ledger().remove(job);
    assertThat(ledger().jobs()).contains(other).doesNotContain(job);
    ledger().open(job, 3);
    assertThat(ledger().counts(job)).isEqualTo(Counts.NONE);
    assertThat(ledger().outcome(job, 0)).isNull();
    assertThat(ledger().enqueue(job, batches(3))).isEqualTo(3);
    assertThat(take(worker(job)).attempts()).isEqualTo(Attempts.NONE);
  }

  @Test
  void anUnknownJobIsEmpty() {
    assertThatThrownBy(() -> ledger().counts(job)).isInstanceOf(IllegalStateException.class);
    assertThat(ledger().usage(job)).isEqualTo(Usage.NONE);
    ledger().open(job, 3);
    assertThat(ledger().counts(job)).isEqualTo(Counts.NONE);
    ledger().close(job);
    ledger().close(job);
    assertThat(ledger().outcome(job, 0)).isNull();
    assertThat(outcomes()).isEmpty();
    ledger().retire(job);
    ledger().remove(job);
    assertThat(ledger().jobs()).doesNotContain(job);
  }

  @Test
  void changesOfCountsAreTold() throws Exception {
    var told = ConcurrentHashMap.<String>newKeySet();
    ledger().enqueue(job, batches(3));
    var queue = worker(job);
    try (var registration =
        ledger()
            .onChange(
                changed -> {
                  told.add(changed);
                  throw new IllegalStateException("a listener's own bug");
                })) {
      assertThat(registration).isNotNull();
      take(queue).commit(ok("1"));
      await().atMost(LONG).until(() -> told.contains(job));
      told.clear();
      take(queue).recordFailure(error("x"));
      await().atMost(LONG).until(() -> told.contains(job));
      told.clear();
      ledger().end(job, end(Verdict.Cancelled));
      await().atMost(LONG).until(() -> told.contains(job));
    }
  }

  @Test
  void manyWorkersShareTheWorkAndEveryBatchHasOneOutcome() throws Exception {
    var total = 200;
    ledger().enqueue(job, batches(total));
    var stood = new AtomicInteger();
    var threads = new ArrayList<CompletableFuture<Boolean>>();
    for (var i = 0; i < 4; i++) {
      var queue = worker(job);
      threads.add(
          inBackground(
              () -> {
                while (ledger().counts(job).done() < total) {
                  var lease = queue.lease(SHORT);
                  if (lease.isPresent() && lease.get().commit(ok("1"))) {
                    stood.incrementAndGet();
                  }
                }
                return true;
              }));
    }
    for (var thread : threads) {
      thread.get(60, TimeUnit.SECONDS);
    }
    assertThat(stood).hasValue(total);
    assertThat(outcomes()).hasSize(total);
  }

  /** Something that may take long or fail. */
  protected interface Action<T> {
    T run() throws Exception;
  }

  protected static <T> CompletableFuture<T> inBackground(Action<T> action) {
    var result = new CompletableFuture<T>();
    Executors.newVirtualThreadPerTaskExecutor()
        .execute(
            () -> {
              try {
                result.complete(action.run());
              } catch (Exception e) {
                result.completeExceptionally(e);
              }
            });
    return result;
  }
}
