package dev.batchapi.operator.metrics;

import dev.batchapi.queue.QueueAccessException;
import dev.batchapi.queue.QueueUnavailableException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceDeleteEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * How often, how long and how unsuccessfully each controller reconciles. What fails is logged here,
 * in one line where the cause is not ours: the SDK's own logger writes a stack trace each time.
 */
final class ReconcileObserver implements Metrics {

  private static final Logger LOG = LoggerFactory.getLogger(ReconcileObserver.class);

  private record Controller(Timer durations, Counter errors) {}

  private final MeterRegistry registry;
  private final Map<String, Controller> controllers = new ConcurrentHashMap<>();

  private final Consumer<String> gone;

  /**
   * Registers each controller's series when it is first heard of.
   *
   * @param gone gets the uid of each resource that is deleted
   */
  ReconcileObserver(MeterRegistry registry, Consumer<String> gone) {
    this.registry = registry;
    this.gone = gone;
  }

  @Override
  public void receivedEvent(Event event, Map<String, Object> metadata) {
    if (event instanceof ResourceDeleteEvent deleted) {
      deleted.getResource().ifPresent(resource -> gone.accept(resource.getMetadata().getUid()));
    }
  }

  @Override
  public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
    var controller = controllers.computeIfAbsent(execution.controllerName(), this::controller);
    var begun = Timer.start(registry);
    var id = execution.resourceID();
    // Every line of a pass says whose it is.
    try (var _ = MDC.putCloseable("namespace", id.getNamespace().orElse(""));
        var _ = MDC.putCloseable(key(execution.controllerName()), id.getName())) {
      return execution.execute();
    } catch (Exception e) {
      controller.errors().increment();
      log(execution, e);
      throw e;
    } catch (StackOverflowError | LinkageError e) {
      // Of this resource, or of this code: as an exception it is retried, and the others go on.
      controller.errors().increment();
      LOG.error("Reconciling {} failed.", name(execution), e);
      throw new IllegalStateException(e);
    } finally {
      begun.stop(controller.durations());
    }
  }

  private static String key(String controller) {
    return controller.equals("batchjob") ? "job" : "api";
  }

  private static void log(ControllerExecution<?> execution, Exception e) {
    switch (e) {
      case KubernetesClientException refusal
          when refusal.getCode() == HttpURLConnection.HTTP_CONFLICT ->
          LOG.info("{} is reconciled again: {}", name(execution), refusal.getMessage());
      case KubernetesClientException _, QueueUnavailableException _, QueueAccessException _ ->
          LOG.warn("{} will be reconciled again: {}", name(execution), e.getMessage());
      default -> LOG.error("{} will be reconciled again.", name(execution), e);
    }
  }

  private static String name(ControllerExecution<?> execution) {
    var id = execution.resourceID();
    return "%s %s/%s"
        .formatted(execution.controllerName(), id.getNamespace().orElse(""), id.getName());
  }

  private Controller controller(String name) {
    return new Controller(
        Timer.builder("batchapi_reconcile")
            .description("Reconciles")
            .tag("controller", name)
            .register(registry),
        Counter.builder("batchapi_reconcile_errors")
            .description("Reconciles that failed and are tried again")
            .tag("controller", name)
            .register(registry));
  }
}
