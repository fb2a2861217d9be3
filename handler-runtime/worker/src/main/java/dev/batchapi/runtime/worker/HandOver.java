package dev.batchapi.runtime.worker;

import dev.batchapi.queue.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One leased batch in the hands of one host, attempt after attempt. Its lease is kept meanwhile.
 *
 * @param payload all of the batch's items
 * @param rate what its worker has of the job's rate limit; null without one
 * @param answers gets those in files, to be closed when the lease is settled; of the others there
 *     may be very many, for a handler may ask every tenth of a second to be asked later
 */
record HandOver(
    Assignment job,
    Host host,
    Lease lease,
    Fetched.Payload payload,
    LeaseKeeper keeper,
    @Nullable RateShare rate,
    HeldWait held,
    Waits waits,
    List<Answer> answers) {
  static final Duration FOR_EVER = Duration.ofDays(36_500);

  /** What a handed-over batch may take beyond its timeout: the host is ended and waited for. */
  private static final Duration SLACK = Duration.ofSeconds(10);

  /** The host's answer to the whole batch. */
  Answer whole(int attempt) {
    return payload
        .readable()
        .map(its -> its.answer(call(attempt, its.positions(), true)))
        .orElseGet(() -> call(attempt, List.of(), true));
  }

  /**
   * The host's answer to some of its items. Each attempt has the batch timeout for its own.
   *
   * @param positions in the batch, ascending
   */
  Answer items(int attempt, List<Integer> positions) {
    return call(attempt, positions, false);
  }

  private Answer call(int attempt, List<Integer> positions, boolean whole) {
    // From here, for what came before was no time of the handler's.
    var deadline = job.batchTimeout().map(t -> Instant.now().plus(t));
    var atMost = job.batchTimeout().map(t -> t.plus(SLACK)).orElse(FOR_EVER);
    keeper.keep(lease, atMost);
    var index = lease.index();
    var began = System.nanoTime();
    var waitedBefore = waits.forRate();
    var answer =
        index == Lease.COMPLETION
            ? host.complete(deadline, payload.json())
            : host.handle(
                new Call(
                    job.jobId() + "-" + index,
                    index,
                    (long) index * job.batchSize(),
                    positions,
                    payload.numbers(),
                    attempt,
                    deadline,
                    payload.json(),
                    rate == null
                        ? CallPermits.UNLIMITED
                        : new RatedCall(rate, this, whole, atMost, held, waits)));
    waits.ran(
        Duration.ofNanos(System.nanoTime() - began).minus(waits.forRate().minus(waitedBefore)));
    if (answer.hasFile()) {
      answers.add(answer);
    }
    return answer;
  }

  /** The same batch in the hands of another host. */
  HandOver to(Host other) {
    return new HandOver(job, other, lease, payload, keeper, rate, held, waits, answers);
  }

  /** Keeps the lease while the batch waits for its next attempt. */
  void keepFor(Duration delay) {
    keeper.keep(lease, delay.plus(SLACK));
  }
}
