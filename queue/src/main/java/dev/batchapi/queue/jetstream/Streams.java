package dev.batchapi.queue.jetstream;

import dev.batchapi.contract.Payload;
import dev.batchapi.queue.Attempts;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.Outcome;
import dev.batchapi.queue.QueueFullException;
import dev.batchapi.queue.Splits;
import io.nats.client.JetStreamApiException;
import io.nats.client.PurgeOptions;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import io.nats.client.api.StreamInfoOptions;
import io.nats.client.api.Subject;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The six streams, made and kept as they should be, and the consumers of the jobs. */
final class Streams {
  private static final Logger LOG = LoggerFactory.getLogger(Streams.class);

  /** The server's own limit is 1,000 consumers a stream, and there is one for each job. */
  private static final int MAX_CONSUMERS = 5000;

  /** How long the server knows a message's id: a commit repeats its own when an answer was lost. */
  private static final Duration DUPLICATE_WINDOW = Duration.ofMinutes(2);

  /** Our headers and the server's for an atomic batch; far more than they need. */
  private static final int HEADERS = 4 * 1024;

  private static final int MAX_WORK = Payload.MAX_BYTES + HEADERS;
  private static final int MAX_OUT = Outcome.MAX_BYTES + HEADERS;
  private static final int MAX_TRY = Attempts.ERRORS_KEPT * BatchError.MAX_BYTES + HEADERS;

  /** Of a chunk: a batch that is carried as payload is a line of it. */
  static final int MAX_SPLIT = Payload.MAX_BYTES + HEADERS;

  /** Of SPLIT, of all jobs: the owner lists subjects, and has them in memory then. */
  static final int MOST_SPLIT = 100_000;

  /** Of RATE: a number, or a few words, with what the server puts around it. */
  private static final int MAX_RATE = 256;

  /** Of RATE, of all jobs; far more than there are, and with {@link #MAX_RATE} a bound in bytes. */
  private static final int MOST_RATES = 100_000;

  /** Of PROGRESS: what a program may say, its headers, and what the server puts around it. */
  private static final int MAX_PROGRESS = Splits.PROGRESS_BYTES + 512;

  /** Of PROGRESS, of all jobs: three of each that may run at a time. */
  private static final int MOST_PROGRESS = 3 * MAX_CONSUMERS;

  /** What nobody has said again in this time helps nobody, and of a job that is gone it goes. */
  private static final Duration PROGRESS_KEPT = Duration.ofDays(1);

  private final NatsConnection nats;
  private final JetStreamSettings settings;

  Streams(NatsConnection nats, JetStreamSettings settings) {
    this.nats = nats;
    this.settings = settings;
  }

  /**
   * A stream's state; made first if it isn't there, changed if it was made differently. Without its
   * bound if the server has not so much room: a stream that is too large is better than none.
   */
  StreamInfo ensure(String name) {
    try {
      return ensure(name, settings);
    } catch (QueueFullException e) {
      LOG.warn("Stream {} has no bound of its own: {}", name, e.getMessage());
      return ensure(name, settings.unbounded());
    }
  }

  private StreamInfo ensure(String name, JetStreamSettings with) {
    return nats.request(
        "set up stream " + name,
        () -> {
          try {
            var info = nats.management().getStreamInfo(name);
            var wanted =
                configure(name, with, StreamConfiguration.builder(info.getConfiguration()));
            return wanted.toJson().equals(info.getConfiguration().toJson())
                ? info
                : nats.management().updateStream(wanted);
          } catch (JetStreamApiException e) {
            if (Refusal.of(e) != Refusal.NO_STREAM) {
              throw e;
            }
            return nats.management()
                .addStream(configure(name, with, StreamConfiguration.builder()));
          }
        });
  }

  /** A stream's state; made first if it isn't there. */
  StreamInfo info(String name) {
    try {
      return nats.call("look at stream " + name, () -> nats.management().getStreamInfo(name));
    } catch (JetStreamApiException e) {
      return ensure(name);
    }
  }

  private static StreamConfiguration configure(
      String name, JetStreamSettings settings, StreamConfiguration.Builder stream) {
    stream
        .name(name)
        .storageType(StorageType.File)
        .replicas(settings.replicas())
        .maxMessagesPerSubject(1)
        .allowDirect(true);
    return switch (name) {
      case Subjects.WORK ->
          stream
              .subjects("work.>")
              .retentionPolicy(RetentionPolicy.WorkQueue)
              .discardPolicy(DiscardPolicy.New)
              .discardNewPerSubject(true)
              .allowAtomicPublish(true)
              .maxConsumers(MAX_CONSUMERS)
              .maximumMessageSize(MAX_WORK)
              .maxBytes(settings.workBytes())
              .build();
      case Subjects.OUT ->
          stream
              .subjects("out.>", "end.>")
              .discardPolicy(DiscardPolicy.New)
              .discardNewPerSubject(true)
              .duplicateWindow(DUPLICATE_WINDOW)
              .maximumMessageSize(MAX_OUT)
              .maxBytes(settings.outBytes())
              .build();
      case Subjects.TRY ->
          // New: a full stream must not forget what is known of another job's batches.
          stream
              .subjects("try.>")
              .discardPolicy(DiscardPolicy.New)
              .maximumMessageSize(MAX_TRY)
              .maxBytes(settings.tryBytes())
              .build();
      case Subjects.SPLIT ->
          stream
              .subjects("split.>")
              .discardPolicy(DiscardPolicy.New)
              .discardNewPerSubject(true)
              .maximumMessageSize(MAX_SPLIT)
              .maxMessages(MOST_SPLIT)
              .maxBytes(settings.splitBytes())
              .build();
      case Subjects.RATE ->
          stream
              .subjects("rate.*", "wait.*")
              .discardPolicy(DiscardPolicy.New)
              .maximumMessageSize(MAX_RATE)
              .maxMessages(MOST_RATES)
              .build();
      case Subjects.PROGRESS ->
          // Old: it is of use for a moment, and what one job says must not keep others from it.
          stream
              .subjects("progress.*.*")
              .discardPolicy(DiscardPolicy.Old)
              .maximumMessageSize(MAX_PROGRESS)
              .maxMessages(MOST_PROGRESS)
              .maxAge(PROGRESS_KEPT)
              .build();
      default -> throw new IllegalArgumentException(name);
    };
  }

  /**
   * Does something while a stream takes a little more than its bound. Only the owner may change it;
   * one that dies in between sets it back when it connects again.
   *
   * @param more bytes
   */
  synchronized void withRoom(String name, long more, Runnable action) {
    var info = info(name);
    var bound = info.getConfiguration().getMaxBytes();
    if (bound < 0) {
      action.run();
      return;
    }
    bound(name, Math.max(bound, info.getStreamState().getByteCount()) + more);
    try {
      action.run();
    } finally {
      bound(name, bound);
    }
  }

  private void bound(String name, long bytes) {
    nats.request(
        "change the bound of stream " + name,
        () -> {
          var now = nats.management().getStreamInfo(name).getConfiguration();
          return nats.management()
              .updateStream(StreamConfiguration.builder(now).maxBytes(bytes).build());
        });
  }

  /** The job's consumer; made first if it isn't there, changed if its leases last otherwise. */
  ConsumerInfo consumer(String job, Duration lease) {
    return nats.request(
        "set up the consumer of job " + job,
        () -> {
          try {
            var info = nats.management().getConsumerInfo(Subjects.WORK, job);
            return lease.equals(info.getConsumerConfiguration().getAckWait())
                ? info
                : nats.management().addOrUpdateConsumer(Subjects.WORK, consumerOf(job, lease));
          } catch (JetStreamApiException e) {
            if (Refusal.of(e) != Refusal.NO_CONSUMER) {
              throw e;
            }
            return nats.management().addOrUpdateConsumer(Subjects.WORK, consumerOf(job, lease));
          }
        });
  }

  private ConsumerConfiguration consumerOf(String job, Duration lease) {
    return ConsumerConfiguration.builder()
        .durable(job)
        .filterSubject(Subjects.allWork(job))
        .ackPolicy(AckPolicy.Explicit)
        .ackWait(lease)
        .maxAckPending(-1)
        .build();
  }

  /** The batches of a job that are in the queue, waiting or leased; never the completion. */
  BitSet work(String job) {
    var filter = StreamInfoOptions.filterSubjects(Subjects.allWork(job));
    var state =
        nats.request(
            "look at the work of job " + job,
            () -> nats.management().getStreamInfo(Subjects.WORK, filter).getStreamState());
    var indices = new BitSet();
    for (var subject : state.getSubjects()) {
      var batch = Subjects.batch(subject.getName());
      if (batch != null && batch.index() >= 0) {
        indices.set(batch.index());
      }
    }
    return indices;
  }

  /** The subjects of a stream that have a message, of those that a filter names. */
  List<String> subjects(String stream, String filter) {
    return nats.request(
        "look at " + filter,
        () -> {
          try {
            var options = StreamInfoOptions.filterSubjects(filter);
            return nats
                .management()
                .getStreamInfo(stream, options)
                .getStreamState()
                .getSubjects()
                .stream()
                .map(Subject::getName)
                .toList();
          } catch (JetStreamApiException e) {
            unless(e, Refusal.NO_STREAM);
            return List.of();
          }
        });
  }

  /** The jobs that those subjects name. */
  List<String> jobs(String stream, String filter) {
    return subjects(stream, filter).stream()
        .map(Subjects::job)
        .filter(Objects::nonNull)
        .distinct()
        .toList();
  }

  void deleteConsumer(String job) {
    nats.request(
        "delete the consumer of job " + job,
        () -> {
          try {
            return nats.management().deleteConsumer(Subjects.WORK, job);
          } catch (JetStreamApiException e) {
            return unless(e, Refusal.NO_CONSUMER, Refusal.NO_STREAM);
          }
        });
  }

  void purge(String stream, String subject) {
    nats.request(
        "purge " + subject,
        () -> {
          try {
            return nats.management().purgeStream(stream, PurgeOptions.subject(subject)).isSuccess();
          } catch (JetStreamApiException e) {
            return unless(e, Refusal.NO_STREAM);
          }
        });
  }

  List<String> consumerNames() {
    return nats.request(
        "list the jobs",
        () -> {
          try {
            return nats.management().getConsumerNames(Subjects.WORK);
          } catch (JetStreamApiException e) {
            unless(e, Refusal.NO_STREAM);
            return List.of();
          }
        });
  }

  private static boolean unless(JetStreamApiException e, Refusal... fine)
      throws JetStreamApiException {
    if (!List.of(fine).contains(Refusal.of(e))) {
      throw e;
    }
    return false;
  }
}
