package dev.batchapi.queue.jetstream;

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
import java.time.Duration;
import java.util.List;

/** The three streams, made and kept as they should be, and the consumers of the jobs. */
final class Streams {
  /** The server's own limit is 1,000 consumers a stream, and there is one for each job. */
  private static final int MAX_CONSUMERS = 5000;

  /** How long the server knows a message's id: a commit repeats its own when an answer was lost. */
  private static final Duration DUPLICATE_WINDOW = Duration.ofMinutes(2);

  private final Link link;
  private final JetStreamSettings settings;

  Streams(Link link, JetStreamSettings settings) {
    this.link = link;
    this.settings = settings;
  }

  /** A stream's state; made first if it isn't there, changed if it was made differently. */
  StreamInfo ensure(String name) {
    return link.request(
        "set up stream " + name,
        () -> {
          try {
            var info = link.management().getStreamInfo(name);
            var wanted = configure(name, StreamConfiguration.builder(info.getConfiguration()));
            return wanted.toJson().equals(info.getConfiguration().toJson())
                ? info
                : link.management().updateStream(wanted);
          } catch (JetStreamApiException e) {
            if (Refusal.of(e) != Refusal.NO_STREAM) {
              throw e;
            }
            return link.management().addStream(configure(name, StreamConfiguration.builder()));
          }
        });
  }

  /** A stream's state; made first if it isn't there. */
  StreamInfo info(String name) {
    try {
      return link.call("look at stream " + name, () -> link.management().getStreamInfo(name));
    } catch (JetStreamApiException e) {
      return ensure(name);
    }
  }

  private StreamConfiguration configure(String name, StreamConfiguration.Builder stream) {
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
              .maxBytes(settings.workBytes())
              .build();
      case Subjects.OUT ->
          stream
              .subjects("out.>", "end.>")
              .discardPolicy(DiscardPolicy.New)
              .discardNewPerSubject(true)
              .duplicateWindow(DUPLICATE_WINDOW)
              .maxBytes(settings.outBytes())
              .build();
      case Subjects.TRY -> stream.subjects("try.>").discardPolicy(DiscardPolicy.Old).build();
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** The job's consumer; made first if it isn't there. */
  ConsumerInfo consumer(String job) {
    return link.request(
        "set up the consumer of job " + job,
        () -> {
          try {
            return link.management().getConsumerInfo(Subjects.WORK, job);
          } catch (JetStreamApiException e) {
            if (Refusal.of(e) != Refusal.NO_CONSUMER) {
              throw e;
            }
            return link.management().addOrUpdateConsumer(Subjects.WORK, consumerOf(job));
          }
        });
  }

  private ConsumerConfiguration consumerOf(String job) {
    return ConsumerConfiguration.builder()
        .durable(job)
        .filterSubject(Subjects.allWork(job))
        .ackPolicy(AckPolicy.Explicit)
        .ackWait(settings.lease())
        .maxAckPending(-1)
        .build();
  }

  void deleteConsumer(String job) {
    link.request(
        "delete the consumer of job " + job,
        () -> {
          try {
            return link.management().deleteConsumer(Subjects.WORK, job);
          } catch (JetStreamApiException e) {
            return unless(e, Refusal.NO_CONSUMER, Refusal.NO_STREAM);
          }
        });
  }

  void purge(String stream, String subject) {
    link.request(
        "purge " + subject,
        () -> {
          try {
            return link.management().purgeStream(stream, PurgeOptions.subject(subject)).isSuccess();
          } catch (JetStreamApiException e) {
            return unless(e, Refusal.NO_STREAM);
          }
        });
  }

  List<String> consumerNames() {
    return link.request(
        "list the jobs",
        () -> {
          try {
            return link.management().getConsumerNames(Subjects.WORK);
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
