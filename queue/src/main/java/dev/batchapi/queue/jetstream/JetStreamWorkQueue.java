package dev.batchapi.queue.jetstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.batchapi.contract.TextLimit;
import dev.batchapi.queue.End;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.Rate;
import dev.batchapi.queue.Reservation;
import dev.batchapi.queue.Splits;
import dev.batchapi.queue.Waiting;
import dev.batchapi.queue.WorkQueue;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamStatusException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PullSubscribeOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's side on JetStream. Needs no more than the permissions of its own job, and believes no
 * message that is not of its own job: whoever learns its inbox can have the server send it others.
 * One thread leases at a time; leases may be used by others.
 */
public final class JetStreamWorkQueue implements WorkQueue {
  private static final Logger LOG = LoggerFactory.getLogger(JetStreamWorkQueue.class);

  // Also how long a pull that was lost with its server keeps a worker from asking again.
  private static final Duration SLICE = Duration.ofSeconds(5);
  private static final Duration SHORTEST = Duration.ofMillis(20);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(250);
  private static final Duration UNDER_WAY = Duration.ofMillis(500);
  private static final Duration DRAIN = Duration.ofMillis(500);

  private final NatsConnection nats;
  private final String job;
  private final int batches;
  private final JetStreamSettings settings;
  private final JetStreamRate rate;
  private final ReentrantLock leasing = new ReentrantLock();
  private @Nullable JetStreamSubscription subscription;
  private long subscribedAtReconnect;
  private boolean warned;

  private JetStreamWorkQueue(
      NatsConnection nats, String job, int batches, JetStreamSettings settings) {
    this.nats = nats;
    this.job = job;
    this.batches = batches;
    this.settings = settings;
    rate = new JetStreamRate(nats, job);
  }

  /**
   * Connects.
   *
   * @param batches how many the job has: an index beyond them is not believed
   * @throws QueueUnavailableException if there is no server within {@code settings.patience()}
   * @throws dev.batchapi.queue.QueueAccessException if the server refuses the credentials
   */
  public static JetStreamWorkQueue connect(
      NatsAccess access, String job, int batches, JetStreamSettings settings) {
    var inbox = Subjects.inboxPrefix(Subjects.checkJob(job));
    var nats = NatsConnection.open(access, settings.patience(), inbox);
    return new JetStreamWorkQueue(nats, job, batches, settings);
  }

  @Override
  public Optional<Lease> lease(Duration wait) throws InterruptedException {
    leasing.lockInterruptibly();
    try {
      var until = System.nanoTime() + wait.toNanos();
      while (true) {
        nats.renewIfDue();
        var asked = between(SHORTEST, Duration.ofNanos(until - System.nanoTime()), SLICE);
        var began = System.nanoTime();
        var message = nats.isConnected() ? fetch(asked) : null;
        if (message != null) {
          var lease = new JetStreamLease(nats, job, settings, message, System.nanoTime());
          if (!isDone(message)) {
            return Optional.of(lease);
          }
          message.ack();
          continue;
        }
        // Nothing before its time: no connection, or no consumer. Asking at once would be spinning.
        var early = System.nanoTime() - began < asked.toNanos() / 2;
        var left = Duration.ofNanos(until - System.nanoTime());
        if (early && !nats.isConnected()) {
          if (left.isNegative()) {
            throw new QueueUnavailableException("Not connected to the queue.", null);
          }
        } else if (early || left.isNegative() || asked.equals(SLICE)) {
          if (left.isNegative() || ended().isPresent()) {
            return Optional.empty();
          }
        }
        if (early) {
          Thread.sleep(between(SHORTEST, left, LOOK_AGAIN));
        }
      }
    } finally {
      leasing.unlock();
    }
  }

  @Override
  public Optional<Lease> leaseOnce(Duration wait) throws InterruptedException {
    leasing.lockInterruptibly();
    try {
      var lease = lease(wait);
      if (lease.isPresent()) {
        return lease;
      }
      var since = System.nanoTime();
      var late = lateAnswer();
      if (late == null) {
        return Optional.empty();
      }
      if (isDone(late)) {
        late.ack();
        return Optional.empty();
      }
      return Optional.of(new JetStreamLease(nats, job, settings, late, since));
    } finally {
      leasing.unlock();
    }
  }

  /** Of a pull whose time is over for this side. Interrupted, it is still given back. */
  private @Nullable Message lateAnswer() throws InterruptedException {
    var current = subscription;
    try {
      return lastAnswer();
    } catch (InterruptedException e) {
      subscription = current;
      giveBack(lastAnswer());
      throw e;
    }
  }

  /**
   * Whether a batch that is handed out once more has its outcome: its acknowledgement was lost, or
   * it comes too late. If nobody answers it is taken for one that has none, which is harmless.
   */
  private boolean isDone(Message message) throws InterruptedException {
    if (message.metaData().deliveredCount() == 1) {
      return false;
    }
    var out =
        Subjects.out(job, Objects.requireNonNull(Subjects.batch(message.getSubject())).index());
    try {
      return nats.directGetOnce(Subjects.OUT, out) != null;
    } catch (InterruptedException e) {
      giveBack(message);
      throw e;
    } catch (IOException | TimeoutException | IllegalStateException e) {
      LOG.debug("Whether {} is there is not known: {}", out, e.getMessage());
      return false;
    }
  }

  private static Duration between(Duration least, Duration wanted, Duration most) {
    return wanted.compareTo(least) < 0 ? least : wanted.compareTo(most) > 0 ? most : wanted;
  }

  private @Nullable Message fetch(Duration wait) throws InterruptedException {
    List<Message> messages;
    try {
      messages = subscription().fetch(1, wait);
    } catch (JetStreamStatusException e) {
      messages = List.of(); // the consumer was deleted
    } catch (IllegalStateException e) {
      nats.requireOpen();
      messages = List.of();
    }
    var message = messages.isEmpty() ? null : messages.getFirst();
    if (message != null && !isOwn(message)) {
      // It may have been counted as the answer to a pull that still waits at the server.
      message = lastAnswer();
    }
    if (Thread.interrupted()) {
      giveBack(message);
      giveBack(lastAnswer());
      throw new InterruptedException();
    }
    return message;
  }

  private static void giveBack(@Nullable Message message) {
    if (message != null) {
      message.nak();
    }
  }

  private boolean isOwn(Message message) {
    if (Subjects.isWork(message.getSubject(), job, batches)
        && Subjects.isAcknowledgement(message.getReplyTo(), job)) {
      return true;
    }
    if (!warned) {
      warned = true;
      LOG.warn(
          "A message that is no batch of job {} came to its worker and is dropped: subject {}, reply {}."
              + " Somebody with access to the queue has sent it; others like it are dropped too.",
          job,
          message.getSubject(),
          message.getReplyTo());
    }
    return false;
  }

  /**
   * Ends the subscription and what it waits for. A pull may be answered at this very moment, and
   * whatever is neither worked on nor given back is nobody's until its lease runs out. An answer
   * that is under way is waited for: to cancel the pull in that moment would lose it in the server.
   * Without one the pull is cancelled, with a flush.
   */
  private @Nullable Message lastAnswer() throws InterruptedException {
    var current = subscription;
    subscription = null;
    if (current == null || !current.isActive() || !nats.isConnected()) {
      return null;
    }
    Message answer = null;
    try {
      answer = nextOwn(current, UNDER_WAY);
      if (answer == null) {
        var _ = current.drain(DRAIN);
        answer = nextOwn(current, SHORTEST);
      }
      current.unsubscribe();
    } catch (IllegalStateException e) {
      nats.requireOpen(); // else drained: there is nothing more
    }
    return answer;
  }

  private @Nullable Message nextOwn(JetStreamSubscription from, Duration wait)
      throws InterruptedException {
    var until = System.nanoTime() + wait.toNanos();
    while (true) {
      var left = Duration.ofNanos(until - System.nanoTime());
      var answer = left.isPositive() ? from.nextMessage(left) : null;
      if (answer == null || isOwn(answer)) {
        return answer;
      }
    }
  }

  /**
   * The subscription that pulls answer to; a new one after each reconnect, for a pull from before
   * could still be answered while a batch is being worked on, and that lease would run out unseen.
   */
  private JetStreamSubscription subscription() {
    var current = subscription;
    if (current == null || subscribedAtReconnect != nats.reconnects()) {
      unsubscribe();
      subscribedAtReconnect = nats.reconnects();
      var options = PullSubscribeOptions.fastBind(Subjects.WORK, job);
      current = nats.request("wait for work", () -> nats.jetStream().subscribe(null, options));
      subscription = current;
    }
    return current;
  }

  private void unsubscribe() {
    if (subscription != null && subscription.isActive()) {
      subscription.unsubscribe();
    }
    subscription = null;
  }

  @Override
  public Optional<End> ended() {
    var record = nats.directGet(Subjects.OUT, Subjects.end(job));
    return Optional.ofNullable(record).map(found -> EndRecord.end(found.getData()));
  }

  @Override
  public Reservation reserve(Rate limit, int permits) {
    return rate.reserve(limit, permits);
  }

  @Override
  public void giveBack(Reservation.Made reserved, int permits) {
    rate.giveBack(reserved, permits);
  }

  @Override
  public void tellWaiting(Waiting.For what, String why) {
    try {
      var _ = nats.jetStream().publish(Subjects.waiting(job), WaitingRecord.body(what, why));
    } catch (IOException | JetStreamApiException | IllegalStateException e) {
      LOG.debug("Nobody is told of the waiting: {}", e.getMessage());
    }
  }

  @Override
  public void waitsForStore(String words) {
    var body = TextLimit.beginning(words, Splits.PROGRESS_BYTES).getBytes(UTF_8);
    ProgressRecord.say(nats, Subjects.workerProgress(job), ProgressRecord.NONE, body);
  }

  @Override
  public Duration leaseDuration() {
    return settings.lease();
  }

  @Override
  public void close() {
    nats.close();
  }
}
