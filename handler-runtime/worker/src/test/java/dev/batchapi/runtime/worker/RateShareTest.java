package dev.batchapi.runtime.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.contract.RunSpec.RateLimit;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.Rate;
import dev.batchapi.queue.Reservation;
import dev.batchapi.queue.WorkQueue;
import dev.batchapi.queue.WrappedQueue;
import dev.batchapi.queue.memory.MemoryQueue;
import dev.batchapi.runtime.worker.RateShare.Asked;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RateShareTest {
  // So slow that no test waits for a permit that it doesn't want to get.
  private static final Rate SLOW = new Rate(new RateLimit(0.01, 5), 10);

  private final MemoryQueue queue = new MemoryQueue();
  private final Flaky worker = new Flaky(queue.worker("j"));

  @AfterEach
  void close() {
    queue.close();
  }

  @Test
  void itemsGetWhatThereIsAndABatchAllOrNothing() {
    var share = new RateShare(SLOW, worker);
    assertThat(share.ask(1, false)).isEqualTo(new Asked.Granted(1));
    assertThat(share.ask(5, true)).isInstanceOf(Asked.Wait.class);
    assertThat(worker.reserved).containsExactly(1, 5);
  }

  @Test
  void whoWaitsKeepsItsPlaceAndAsksTheQueueOnlyOnce() {
    var share = new RateShare(SLOW, worker);
    assertThat(share.ask(10, true)).isInstanceOf(Asked.Wait.class);
    assertThat(share.ask(10, true)).isInstanceOf(Asked.Wait.class);
    assertThat(worker.reserved).containsExactly(10);
  }

  @Test
  void whatIsLetGoIsTheNextOnes() {
    var share = new RateShare(SLOW, worker);
    assertThat(share.ask(10, true)).isInstanceOf(Asked.Wait.class);
    share.letGo();
    assertThat(new RateShare(SLOW, queue.worker("j")).ask(5, true)).isEqualTo(new Asked.Granted(5));
  }

  /** What one that is killed takes along: a fifth of a second of the rate for one, less of many. */
  @Test
  void ofManyInLineEachReservesLess() throws Exception {
    var fast = new Rate(new RateLimit(200, 1), 40);
    var workers = IntStream.range(0, 4).mapToObj(i -> new Flaky(queue.worker("j"))).toList();
    var shares = workers.stream().map(one -> new RateShare(fast, one)).toList();
    while (workers.stream().anyMatch(one -> one.reserved.size() < 12)) {
      shares.forEach(share -> share.ask(1, false));
      Thread.sleep(1);
    }
    assertThat(workers).allSatisfy(one -> assertThat(one.reserved.getLast()).isBetween(1, 20));
  }

  @Test
  void whileTheQueueIsAwayNothingIsGrantedAndAfterwardsItGoesOn() {
    var share = new RateShare(SLOW, worker);
    worker.away = true;
    assertThat(share.ask(1, false)).isInstanceOf(Asked.Wait.class);
    assertThat(share.ask(5, true)).isInstanceOf(Asked.Wait.class);
    assertThat(worker.reserved).isEmpty();
    worker.away = false;
    assertThat(share.ask(5, true)).isEqualTo(new Asked.Granted(5));
  }

  @Test
  void aHandlerThatUsesThemUpFastGetsMoreAtOnceUpToAFifthOfASecond() {
    var share = new RateShare(new Rate(new RateLimit(100, 1000), 100), worker);
    for (var i = 0; i < 100; i++) {
      assertThat(share.ask(1, false)).isEqualTo(new Asked.Granted(1));
    }
    assertThat(worker.reserved.subList(0, 5)).containsExactly(1, 2, 4, 8, 16);
    assertThat(worker.reserved).allMatch(permits -> permits <= 20);
  }

  @Test
  void whoLeavesReservesNoMoreThanIsWanted() {
    var share = new RateShare(new Rate(new RateLimit(100, 1000), 100), worker);
    for (var i = 0; i < 7; i++) {
      assertThat(share.ask(1, false)).isEqualTo(new Asked.Granted(1));
    }
    share.leaves();
    assertThat(share.ask(1, false)).isEqualTo(new Asked.Granted(1));
    assertThat(share.ask(3, false)).isEqualTo(new Asked.Granted(3));
    assertThat(worker.reserved).containsExactly(1, 2, 4, 1, 3);
  }

  @Test
  void aBatchDoesNotPassOnWhatSingleItemsHaveLeftIfThatIsTooLittle() {
    var share = new RateShare(new Rate(new RateLimit(100, 1000), 100), worker);
    assertThat(share.ask(1, false)).isEqualTo(new Asked.Granted(1));
    assertThat(share.ask(1, false)).isEqualTo(new Asked.Granted(1));
    assertThat(worker.reserved).containsExactly(1, 2);
    assertThat(share.ask(5, true)).isEqualTo(new Asked.Granted(5));
    assertThat(worker.reserved).containsExactly(1, 2, 5);
    assertThat(worker.givenBack).containsExactly(1);
  }

  @Test
  void norOnWhatWasDueLongAgo() throws InterruptedException {
    var share = new RateShare(new Rate(new RateLimit(100, 1000), 100), worker);
    assertThat(share.ask(1, false)).isEqualTo(new Asked.Granted(1));
    assertThat(share.ask(1, false)).isEqualTo(new Asked.Granted(1));
    Thread.sleep(Duration.ofMillis(1100));
    assertThat(share.ask(1, true)).isEqualTo(new Asked.Granted(1));
    assertThat(worker.reserved).containsExactly(1, 2, 1);
  }

  private static final class Flaky extends WrappedQueue {
    private final List<Integer> reserved = new ArrayList<>();
    private final List<Integer> givenBack = new ArrayList<>();
    private boolean away;

    Flaky(WorkQueue inner) {
      super(inner);
    }

    @Override
    public Reservation reserve(Rate rate, int permits) {
      if (away) {
        throw new QueueUnavailableException("away", null);
      }
      reserved.add(permits);
      return super.reserve(rate, permits);
    }

    @Override
    public void giveBack(Reservation.Made made, int permits) {
      givenBack.add(permits);
      super.giveBack(made, permits);
    }
  }
}
