package dev.batchapi.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.contract.RunSpec.RateLimit;
import dev.batchapi.queue.Reservation.Made;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every queue does with a job's rate limit. */
@Timeout(60)
public abstract class RateContract {
  private static final Rate RATE = new Rate(new RateLimit(20, 5), 200);
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  protected final String job = UUID.randomUUID().toString();

  /** A worker's side; closed by the test class. */
  protected abstract WorkQueue worker(String ofJob);

  /** The owner's side. */
  protected abstract Ledger ledger();

  /** The clock by which permits are due, in nanoseconds. */
  protected abstract long nanos();

  private static Made made(WorkQueue queue, Rate rate, int permits) {
    return (Made) queue.reserve(rate, permits);
  }

  @Test
  void aBurstIsDueAtOnceAndMoreByTheRate() {
    var reserved = made(worker(job), RATE, 8);
    assertThat(reserved.due(4) - nanos()).isLessThanOrEqualTo(0);
    assertThat(reserved.due(5) - reserved.due(4)).isEqualTo(SECOND / 20);
    assertThat(reserved.due(5) - nanos()).isLessThanOrEqualTo(SECOND / 20);
    assertThat(reserved.due(7) - reserved.due(4)).isEqualTo(3 * SECOND / 20);
  }

  @Test
  void aReservationMayBeLargerThanABurst() {
    var asked = nanos();
    var reserved = made(worker(job), RATE, 105);
    assertThat(reserved.due(104) - asked).isGreaterThanOrEqualTo(100 * SECOND / 20 - SECOND / 10);
  }

  @Test
  void workersThatComeAndGoShareOneRate() throws Exception {
    var due = new ArrayList<Long>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var first = threads.invokeAll(List.of(takes(10, 4), takes(20, 2), takes(40, 1)));
      var second = threads.invokeAll(List.of(takes(20, 2), takes(1, 5)));
      for (var one : first) {
        due.addAll(one.get());
      }
      for (var one : second) {
        due.addAll(one.get());
      }
    }
    due.sort((one, other) -> Long.signum(one - other));
    assertThat(due).hasSize(165);
    // A worker knows the time up to what a message takes; nothing here depends on how fast it is.
    var margin = 20 * 0.25;
    for (var from = 0; from < due.size(); from++) {
      for (var to = from; to < due.size(); to++) {
        var seconds = (due.get(to) - due.get(from)) / 1e9;
        assertThat(to - from + 1.0).isLessThanOrEqualTo(20 * seconds + 5 + margin);
      }
    }
  }

  /** A worker that reserves so many permits, so many times. */
  private Callable<List<Long>> takes(int times, int permits) {
    var queue = worker(job);
    return () -> {
      var due = new ArrayList<Long>();
      for (var i = 0; i < times; i++) {
        var reserved = made(queue, RATE, permits);
        for (var number = 0; number < permits; number++) {
          var now = nanos();
          due.add(now + Math.max(0, reserved.due(number) - now)); // it may wrap
        }
      }
      return due;
    };
  }

  @Test
  void noPermitOfASaturatedRateIsWasted() {
    var one = worker(job);
    var other = worker(job);
    var first = made(one, RATE, 50);
    var last = first;
    for (var i = 0; i < 5; i++) {
      last = made(i % 2 == 0 ? other : one, RATE, 10);
    }
    assertThat(last.end() - first.end()).isEqualTo(50 * SECOND / 20);
  }

  @Test
  void nothingIsReservedFarAhead() {
    var queue = worker(job);
    assertThat(queue.reserve(RATE, 200)).isInstanceOf(Made.class);
    assertThat(queue.reserve(RATE, 105)).isInstanceOf(Made.class);
    var refused = (Reservation.NotYet) worker(job).reserve(RATE, 1);
    assertThat(refused.delay()).isBetween(Duration.ofMillis(1), Duration.ofSeconds(12));
  }

  @Test
  void whatIsGivenBackIsTheNextOnes() {
    var queue = worker(job);
    var first = made(queue, RATE, 10);
    queue.giveBack(first, 4);
    assertThat(made(queue, RATE, 1).end() - first.end()).isEqualTo(-3 * SECOND / 20);
  }

  @Test
  void whatOthersReservedSinceKeepsItsPlace() {
    var queue = worker(job);
    var first = made(queue, RATE, 10);
    var others = made(worker(job), RATE, 10);
    queue.giveBack(first, 4);
    assertThat(made(queue, RATE, 1).end() - others.end()).isEqualTo(SECOND / 20);
  }

  @Test
  void everyJobHasItsOwn() {
    made(worker(job), RATE, 105);
    assertThat(made(worker(UUID.randomUUID().toString()), RATE, 5).due(4) - nanos())
        .isLessThanOrEqualTo(0);
  }

  @Test
  void aJobThatIsRetiredKeepsNoRecordOfItsRate() {
    ledger().enqueue(job, Batches.of(1, index -> new byte[] {'1'}));
    made(worker(job), RATE, 105);
    ledger().retire(job);
    assertThat(made(worker(job), RATE, 5).due(4) - nanos()).isLessThanOrEqualTo(0);
    ledger().remove(job);
  }

  @Test
  void aJobThatIsRemovedLeavesNothing() {
    made(worker(job), RATE, 105);
    ledger().remove(job);
    assertThat(ledger().jobs()).doesNotContain(job);
    assertThat(made(worker(job), RATE, 5).due(4) - nanos()).isLessThanOrEqualTo(0);
  }
}
