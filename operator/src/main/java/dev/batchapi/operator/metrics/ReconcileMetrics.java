package dev.batchapi.operator.metrics;

import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How often, how long and how unsuccessfully each controller reconciles. */
final class ReconcileMetrics implements Metrics {

  private record Controller(Timer durations, Counter errors) {}

  private final MeterRegistry registry;
  private final Map<String, Controller> controllers = new ConcurrentHashMap<>();

  ReconcileMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
    var controller = controllers.computeIfAbsent(execution.controllerName(), this::controller);
    var begun = Timer.start(registry);
    try {
      return execution.execute();
    } catch (Exception e) {
      controller.errors().increment();
      throw e;
    } finally {
      begun.stop(controller.durations());
    }
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
