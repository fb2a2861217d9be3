package dev.batchapi.operator.metrics;

import io.javaoperatorsdk.operator.api.monitoring.Metrics.ControllerExecution;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Map;
import java.util.concurrent.Callable;

/** A reconcile of a BatchJob, as the SDK hands it over to be timed. */
record Execution(Callable<String> work) implements ControllerExecution<String> {
  @Override
  public String name() {
    return "reconcile";
  }

  @Override
  public String controllerName() {
    return "batchjob";
  }

  @Override
  public String successTypeName(String result) {
    return result;
  }

  @Override
  public ResourceID resourceID() {
    return new ResourceID("a", "vision");
  }

  @Override
  public Map<String, Object> metadata() {
    return Map.of();
  }

  @Override
  public String execute() throws Exception {
    return work.call();
  }
}
