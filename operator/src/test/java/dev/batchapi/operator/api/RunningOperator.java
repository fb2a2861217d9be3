package dev.batchapi.operator.api;

import dev.batchapi.operator.OperatorSettings;
import dev.batchapi.operator.kube.Events;
import dev.batchapi.operator.pod.PythonHost;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/**
 * The operator with the BatchAPI's reconciler alone, in one namespace, under the rules that ship.
 */
final class RunningOperator implements AutoCloseable {
  private final Operator operator;
  private final Events events;
  private final KubernetesClient client;

  private RunningOperator(Operator operator, Events events, KubernetesClient client) {
    this.operator = operator;
    this.events = events;
    this.client = client;
  }

  static RunningOperator start(Cluster cluster) {
    var settings =
        OperatorSettings.from(
            Map.of(
                "BATCHAPI_NATS_URL", "nats://nats.batchapi-system.svc:4222",
                "BATCHAPI_RUNTIME_IMAGE", "batchapi/handler-runtime:0.1.0"));
    var host = new PythonHost("pass\n", Map.of("batchapi_host.py", "pass\n"));
    var client = cluster.operatorsClient();
    var operator =
        new Operator(sdk -> sdk.withKubernetesClient(client).withCloseClientOnStop(false));
    var events = new Events(client, "it");
    operator.register(
        new BatchApiReconciler(settings, Optional.of(host), events, Clock.systemUTC()),
        controller -> controller.settingNamespace(cluster.namespace()));
    operator.start();
    return new RunningOperator(operator, events, client);
  }

  @Override
  public void close() {
    operator.stop();
    events.close();
    client.close();
  }
}
