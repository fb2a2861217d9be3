package dev.batchapi.operator.kube;

import dev.batchapi.contract.TextLimit;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes Events, which people see with {@code kubectl describe}. They are for people only: nothing
 * waits for one to be written, and one that can't be written is logged and forgotten.
 */
public final class Events implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Events.class);
  private static final String CONTROLLER = "batchapi.dev/operator";
  private static final int NOTE_BYTES = 1024;
  private static final int LONGEST_NAME = 230;
  private static final int WAITING = 1000;
  private static final Duration CLOSING = Duration.ofMillis(500);
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  /** Whether something is as it should be. */
  public enum Kind {
    NORMAL("Normal"),
    WARNING("Warning");

    private final String type;

    Kind(String type) {
      this.type = type;
    }
  }

  private final KubernetesClient client;
  private final String reportingInstance;

  /** Empty: there will be no more. */
  private final BlockingQueue<Optional<Event>> waiting = new ArrayBlockingQueue<>(WAITING);

  private final AtomicLong lastName = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final Thread writer;

  /**
   * Starts with none.
   *
   * @param reportingInstance this process among the operator's replicas
   */
  public Events(KubernetesClient client, String reportingInstance) {
    this.client = client;
    this.reportingInstance = reportingInstance;
    writer = Thread.ofVirtual().name("events").start(this::run);
  }

  /**
   * Writes an Event, soon. Returns at once and never throws.
   *
   * @param regarding what it is about
   * @param reason one word, such as {@code WorkerLost}
   * @param note a sentence; cut at 1 KiB
   */
  public void publish(HasMetadata regarding, Kind kind, String reason, String note) {
    try {
      if (!waiting.offer(Optional.of(event(regarding, kind, reason, note)))
          && dropped.incrementAndGet() == 1) {
        LOG.warn("More than {} Events wait to be written: some are left out.", WAITING);
      }
    } catch (RuntimeException e) {
      LOG.warn("No Event {} could be made: {}", reason, e.toString());
    }
  }

  private Event event(HasMetadata regarding, Kind kind, String reason, String note) {
    var about = regarding.getMetadata();
    var now = Instant.now();
    var micros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
    var unique = lastName.accumulateAndGet(micros, (last, next) -> Math.max(last + 1, next));
    var name = about.getName();
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(about.getNamespace())
        .withName(
            "%s.%x".formatted(name.substring(0, Math.min(LONGEST_NAME, name.length())), unique))
        .endMetadata()
        .withEventTime(new MicroTime(MICROS.format(now)))
        .withReportingController(CONTROLLER)
        .withReportingInstance(reportingInstance)
        .withAction("Reconcile")
        .withType(kind.type)
        .withReason(reason)
        .withNote(TextLimit.beginning(note, NOTE_BYTES))
        .withRegarding(
            new ObjectReferenceBuilder()
                .withApiVersion(regarding.getApiVersion())
                .withKind(regarding.getKind())
                .withNamespace(about.getNamespace())
                .withName(name)
                .withUid(about.getUid())
                .withResourceVersion(about.getResourceVersion())
                .build())
        .build();
  }

  private void run() {
    try {
      for (var next = waiting.take(); next.isPresent(); next = waiting.take()) {
        write(next.get());
      }
    } catch (InterruptedException e) {
      LOG.debug("Closed before every Event was written.");
    }
  }

  private void write(Event event) {
    try {
      client.resource(event).create();
      dropped.set(0);
    } catch (RuntimeException e) {
      var about = event.getRegarding();
      if (isOfNamespaceThatGoes(e)) {
        LOG.debug("Namespace {} goes: no Event {}.", about.getNamespace(), event.getReason());
        return;
      }
      LOG.warn(
          "Event {} about {} {}/{} could not be written: {}",
          event.getReason(),
          about.getKind(),
          about.getNamespace(),
          about.getName(),
          e.getMessage());
    }
  }

  private static boolean isOfNamespaceThatGoes(RuntimeException e) {
    return e instanceof KubernetesClientException refusal
        && (refusal.getCode() == HttpURLConnection.HTTP_NOT_FOUND
            || String.valueOf(refusal.getMessage()).contains("being terminated"));
  }

  /** Writes what waits, for half a second at most. */
  @Override
  public void close() {
    try {
      if (!waiting.offer(Optional.empty()) || !writer.join(CLOSING)) {
        writer.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
