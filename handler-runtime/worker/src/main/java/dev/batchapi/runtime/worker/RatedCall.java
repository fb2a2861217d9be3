package dev.batchapi.runtime.worker;

import dev.batchapi.queue.Waiting;
import java.time.Duration;

/** The permits of one batch, whose lease is kept while it waits for them. */
final class RatedCall implements CallPermits {
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final RateShare share;
  private final HandOver batch;
  private final boolean whole;
  private final HeldWait wait;
  private final Waits waits;
  private Duration atMost;
  private long looked;
  private boolean begun;

  /**
   * Of one attempt.
   *
   * @param whole whether it is one of all the batch's items
   * @param atMost how long its lease is kept
   */
  RatedCall(
      RateShare share, HandOver batch, boolean whole, Duration atMost, HeldWait wait, Waits waits) {
    this.waits = waits;
    this.share = share;
    this.batch = batch;
    this.whole = whole;
    this.atMost = atMost;
    this.wait = wait;
    looked = System.nanoTime();
  }

  @Override
  public RateShare.Asked ask(int wanted, boolean all) {
    if (isInVain()) {
      share.letGo();
      return new RateShare.Asked.Refused();
    }
    wait.news().goesOn();
    if (wait.isStopping()) {
      share.leaves();
    }
    var asked = share.ask(wanted, all);
    begun |= asked instanceof RateShare.Asked.Granted;
    return asked;
  }

  /**
   * Whether nothing would come of it: a worker that is to stop begins no batch, nor does one whose
   * lease has run out, and of an ended job nothing counts any more.
   */
  private boolean isInVain() {
    if (!begun && whole && (wait.isStopping() || batch.lease().mayHaveExpired())) {
      return true;
    }
    var now = System.nanoTime();
    if (now - looked < LOOK.toNanos()) {
      return false;
    }
    looked = now;
    return wait.isOver();
  }

  @Override
  public void waits() {
    wait.news().begins(Waiting.For.RateLimit, "");
    batch.keepFor(HandOver.FOR_EVER);
  }

  @Override
  public void goesOn(Duration waited) {
    wait.news().ends();
    waits.forRate(waited);
    batch.keepFor(atMost);
  }
}
