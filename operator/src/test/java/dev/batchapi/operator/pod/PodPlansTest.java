package dev.batchapi.operator.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.contract.RunSpec.Language;
import dev.batchapi.crds.BatchApi;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PodPlansTest {
  private static final String PYTHON = "{python: {file: /app/handler.py}}";
  private static final String JAVA = "{java: {classpath: [/app.jar]}}";

  private static PodPlan plan(String namespace, String handler, Map<String, String> code) {
    return plan(namespace, handler, code, Optional.of(Given.HOST));
  }

  private static PodPlan plan(
      String namespace, String handler, Map<String, String> code, Optional<PythonHost> host) {
    var api =
        Given.YAML.unmarshal(
            """
            apiVersion: batchapi.dev/v1alpha1
            kind: BatchAPI
            metadata: {name: tagger, namespace: %s}
            spec: {handler: %s}
            """
                .formatted(namespace, handler),
            BatchApi.class);
    var labels = Map.of("kueue.x-k8s.io/queue-name", "gpu", "team", "a");
    return PodPlans.of(
        api.named(),
        labels,
        Given.SETTINGS,
        host,
        new JobId(namespace, "monday", "0b5a7c2e-1111"),
        code,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void theRuntimeImageIsTheDefaultOfBothContainers() {
    var plan = plan("vision", JAVA, Map.of());

    assertThat(plan.language()).isEqualTo(Language.JAVA);
    assertThat(plan.handlerImage()).isEqualTo("batchapi/handler-runtime:0.1.0");
    assertThat(plan.workerImage()).isEqualTo("batchapi/handler-runtime:0.1.0");
    assertThat(plan.pythonHost()).isNull();
    assertThat(plan.leaseSeconds()).isEqualTo(15);
  }

  @Test
  void metricsGoWhereTheNamespaceSendsThem() {
    assertThat(plan("vision", JAVA, Map.of()).statsd())
        .isEqualTo("statsd-exporter.batchapi-system.svc:9125");
    assertThat(plan("team-a", JAVA, Map.of()).statsd()).isEqualTo("statsd.team-a:8125");
  }

  @Test
  void onlyLabelsForKueueAreHandedOn() {
    assertThat(plan("vision", JAVA, Map.of()).labels())
        .containsExactly(Map.entry("kueue.x-k8s.io/queue-name", "gpu"));
  }

  @Test
  void codeIsNamedByItsContent() {
    var one =
        Objects.requireNonNull(plan("vision", PYTHON, Map.of("a.py", "1", "b.py", "2")).code());

    assertThat(one.configMap()).matches("monday-0b5a7c2e-code-[0-9a-f]{8}");
    assertThat(plan("vision", PYTHON, Map.of("b.py", "2", "a.py", "1")).code()).isEqualTo(one);
    assertThat(plan("vision", PYTHON, Map.of("a.py", "1", "b.py", "3")).code()).isNotEqualTo(one);
    assertThat(plan("vision", PYTHON, Map.of("a.py", "1b.py", "", "2")).code()).isNotEqualTo(one);
    assertThat(plan("vision", PYTHON, Map.of()).code()).isNull();
  }

  @Test
  void pythonNeedsItsHost() {
    assertThatThrownBy(() -> plan("vision", PYTHON, Map.of(), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "This operator has no Python host: set its BATCHAPI_PYTHON_HOST to the folder with the host's files.");
    assertThat(plan("vision", JAVA, Map.of(), Optional.empty()).pythonHost()).isNull();
  }
}
