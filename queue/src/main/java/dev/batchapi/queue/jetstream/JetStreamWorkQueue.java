package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.End;
import dev.batchapi.queue.Lease;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.queue.WorkQueue;
import io.nats.client.JetStreamStatusException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PullSubscribeOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A worker's side on JetStream. Needs no more than the permissions of its own job. One thread
 * leases at a time; leases may be used by others.
 */
public final class JetStreamWorkQueue implements WorkQueue {
  // Also how long a pull that was lost with its server keeps a worker from asking again.
  private static final Duration SLICE = Duration.ofSeconds(5);
  private static final Duration SHORTEST = Duration.ofMillis(20);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(250);
  private static final Duration UNDER_WAY = Duration.ofMillis(500);
  private static final Duration DRAIN = Duration.ofMillis(500);

  private final Link link;
  private final String job;
  private final JetStreamSettings settings;
  private final ReentrantLock leasing = new ReentrantLock();
  private @Nullable JetStreamSubscription subscription;
  private long subscribedAtReconnect;

  private JetStreamWorkQueue(Link link, String job, JetStreamSettings settings) {
    this.link = link;
    this.job = job;
    this.settings = settings;
  }

  /**
   * Connects.
   *
   * @throws QueueUnavailableException if there is no server within {@code settings.patience()}
   * @throws dev.batchapi.queue.QueueAccessException if the server refuses the credentials
   */
  public static JetStreamWorkQueue connect(
      NatsAccess access, String job, JetStreamSettings settings) {
    var inbox = Subjects.inboxPrefix(Subjects.checkJob(job));
    return new JetStreamWorkQueue(Link.open(access, settings.patience(), inbox), job, settings);
  }

  @Override
  public Optional<Lease> lease(Duration wait) throws InterruptedException {
    leasing.lockInterruptibly();
    try {
      var until = System.nanoTime() + wait.toNanos();
      while (true) {
        var asked = between(SHORTEST, Duration.ofNanos(until - System.nanoTime()), SLICE);
        var began = System.nanoTime();
        var message = link.isConnected() ? fetch(asked) : null;
        if (message != null) {
          return Optional.of(new JetStreamLease(link, job, settings, message));
        }
        // Nothing before its time: no connection, or no consumer. Asking at once would be spinning.
        var early = System.nanoTime() - began < asked.toNanos() / 2;
        var left = Duration.ofNanos(until - System.nanoTime());
        if (early && !link.isConnected()) {
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
      link.requireOpen();
      messages = List.of();
    }
    if (Thread.interrupted()) {
      messages.forEach(Message::nak);
      giveBackWhatComes();
      throw new InterruptedException();
    }
    return messages.isEmpty() ? null : messages.getFirst();
  }

  /**
   * The pull may be answered at this very moment, and whatever is not given back is nobody's until
   * its lease runs out. An answer that is under way is waited for: to cancel the pull in that
   * moment would lose it in the server. Without one the pull is cancelled, with a flush.
   */
  private void giveBackWhatComes() throws InterruptedException {
    var current = subscription;
    subscription = null;
    if (current == null || !current.isActive() || !link.isConnected()) {
      return;
    }
    try {
      var answer = current.nextMessage(UNDER_WAY);
      if (answer == null) {
        var _ = current.drain(DRAIN);
        answer = current.nextMessage(SHORTEST);
      }
      if (answer != null && answer.isJetStream()) {
        answer.nak();
      }
      current.unsubscribe();
    } catch (IllegalStateException e) {
      link.requireOpen(); // else drained: there is nothing more
    }
  }

  /**
   * The subscription that pulls answer to; a new one after each reconnect, for a pull from before
   * could still be answered while a batch is being worked on, and that lease would run out unseen.
   */
  private JetStreamSubscription subscription() {
    var current = subscription;
    if (current == null || subscribedAtReconnect != link.reconnects()) {
      unsubscribe();
      subscribedAtReconnect = link.reconnects();
      var options = PullSubscribeOptions.fastBind(Subjects.WORK, job);
      current = link.request("wait for work", () -> link.jetStream().subscribe(null, options));
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
    var record = link.directGet(Subjects.OUT, Subjects.end(job));
    return Optional.ofNullable(record).map(found -> EndRecord.end(found.getData()));
  }

  @Override
  public Duration leaseDuration() {
    return settings.lease();
  }

  @Override
  public void close() {
    link.close();
  }
}
