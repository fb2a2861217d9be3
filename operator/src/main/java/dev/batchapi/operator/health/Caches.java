package dev.batchapi.operator.health;

import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RegisteredController;
import io.javaoperatorsdk.operator.health.InformerHealthIndicator;
import io.javaoperatorsdk.operator.health.InformerWrappingEventSourceHealthIndicator;
import java.util.Optional;
import java.util.function.Predicate;

/** Whether the caches of the API server's objects are kept up to date. */
public final class Caches {
  private Caches() {}

  /** Name of a cache that has stopped for good; empty if there is none. */
  public static Optional<String> stopped(Operator operator) {
    return first(operator, informer -> !informer.isRunning());
  }

  /** Name of a cache that is not filled; empty if there is none. */
  public static Optional<String> unfilled(Operator operator) {
    // Not isWatching(): that is false for a moment at every reconnect.
    return first(operator, informer -> !informer.isRunning() || !informer.hasSynced());
  }

  private static Optional<String> first(
      Operator operator, Predicate<InformerHealthIndicator> which) {
    for (RegisteredController<?> controller : operator.getRegisteredControllers()) {
      var sources = controller.getControllerHealthInfo().informerEventSourceHealthIndicators();
      for (var name : sources.keySet()) {
        InformerWrappingEventSourceHealthIndicator<?> source = sources.get(name);
        if (source != null && source.informerHealthIndicators().values().stream().anyMatch(which)) {
          return Optional.of(controller.getConfiguration().getName() + '/' + name);
        }
      }
    }
    return Optional.empty();
  }
}
