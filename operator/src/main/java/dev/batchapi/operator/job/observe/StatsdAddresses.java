package dev.batchapi.operator.job.observe;

import dev.batchapi.operator.pod.FrozenJob;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Whether the StatsD servers of jobs can be found at all. Handlers' metrics that go nowhere fail
 * nothing, and only the log of a worker knows: a wrong name has to be said where people look.
 */
public final class StatsdAddresses {
  private static final Duration ASK_AGAIN = Duration.ofMinutes(1);

  /** Of those that no job has any more nothing is worth keeping. */
  private static final int KEPT = 1_000;

  /** Questions beyond these are asked a minute later. */
  private static final int WAITING = 100;

  private record Question(String host, String namespace) {}

  private record Answer(boolean found, long askedNanos) {}

  /**
   * One platform thread: a name that an author chose may take its server as long as it likes, and
   * nothing but these questions is to wait for it.
   */
  private final Executor asking =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(WAITING),
          Thread.ofPlatform().daemon().name("statsd-addresses").factory(),
          new ThreadPoolExecutor.DiscardPolicy());

  private final Map<Question, Answer> answers = new ConcurrentHashMap<>();
  private final LongSupplier nanoTime;

  public StatsdAddresses(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * What is wrong with the address of a job's metrics. Asks for it in the background: what it did
   * not know at one call it knows at a later one.
   */
  public Optional<String> trouble(FrozenJob job) {
    var ofApi = job.run().metrics().statsd();
    var address = ofApi == null ? job.pod().statsd() : ofApi;
    return address == null ? Optional.empty() : trouble(address, job.namespace());
  }

  public Optional<String> trouble(String address, String namespace) {
    var colon = address.lastIndexOf(':');
    if (colon < 1 || address.contains("/")) { // a Unix socket
      return Optional.empty();
    }
    var question = new Question(address.substring(0, colon), namespace);
    var known = answers.get(question);
    var now = nanoTime.getAsLong();
    if (known == null || now - known.askedNanos >= ASK_AGAIN.toNanos()) {
      if (answers.size() >= KEPT) {
        answers.clear();
      }
      answers.put(question, new Answer(known == null || known.found, now));
      asking.execute(() -> answers.put(question, new Answer(isFound(question), now)));
    }
    return known == null || known.found
        ? Optional.empty()
        : Optional.of(
            "The handler's metrics go nowhere: the host of the StatsD address %s can't be resolved. Correct metrics.statsd of the BatchAPI, or the operator's BATCHAPI_STATSD; the job runs on without them."
                .formatted(address));
  }

  /** As pods of that namespace find it, whose short names mean Services beside them. */
  private static boolean isFound(Question question) {
    return resolves(question.host)
        || (!question.host.contains(":")
            && resolves("%s.%s.svc".formatted(question.host, question.namespace)));
  }

  private static boolean resolves(String host) {
    try {
      return InetAddress.getAllByName(host).length > 0;
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
