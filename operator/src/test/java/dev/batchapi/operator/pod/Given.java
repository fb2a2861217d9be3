package dev.batchapi.operator.pod;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.BatchJob;
import dev.batchapi.crds.run.CodeFiles;
import dev.batchapi.crds.run.Freeze;
import dev.batchapi.operator.OperatorSettings;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a job is accepted from, in YAML. */
public final class Given {
  static final KubernetesSerialization YAML = new KubernetesSerialization();
  static final OperatorSettings SETTINGS =
      OperatorSettings.from(
          Map.of(
              "BATCHAPI_NATS_URL", "nats://nats.batchapi-system.svc:4222",
              "BATCHAPI_STATSD", "statsd-exporter.batchapi-system.svc:9125",
              "BATCHAPI_STATSD_BY_NAMESPACE", "team-a=statsd.team-a:8125",
              "BATCHAPI_STATSD_FLAVOUR", "datadog",
              "BATCHAPI_RUNTIME_IMAGE", "batchapi/handler-runtime:0.1.0"));
  static final PythonHost HOST =
      new PythonHost("import sys  # $(HOME)\n", Map.of("batchapi_host.py", "def main(): pass\n"));
  static final OperatorSettings WITH_SOCKET = withSocket("hostPath");
  private static final Instant NOW = Instant.parse("2026-01-01T08:00:00Z");

  private Given() {}

  /** The metrics go to a socket of the node. */
  static OperatorSettings withSocket(String volume) {
    return OperatorSettings.from(
        Map.of(
            "BATCHAPI_NATS_URL", "nats://nats.batchapi-system.svc:4222",
            "BATCHAPI_STATSD", "unix:///var/run/datadog/dsd.socket",
            "BATCHAPI_STATSD_BY_NAMESPACE", "team-a=statsd.team-a:8125",
            "BATCHAPI_STATSD_FLAVOUR", "datadog",
            "BATCHAPI_STATSD_VOLUME", volume,
            "BATCHAPI_RUNTIME_IMAGE", "batchapi/handler-runtime:0.1.0"));
  }

  private static final ObjectNode FILES = JsonNodeFactory.instance.objectNode();

  static {
    FILES.putArray("paths").add("s3://photos/*.jsonl");
  }

  public static FrozenJob job(String api, String job, Map<String, String> codeOfConfigMap) {
    return job(api, job, codeOfConfigMap, HOST);
  }

  static FrozenJob job(
      String api, String job, Map<String, String> codeOfConfigMap, PythonHost host) {
    return job(api, job, codeOfConfigMap, host, SETTINGS);
  }

  static FrozenJob job(
      String api,
      String job,
      Map<String, String> codeOfConfigMap,
      PythonHost host,
      OperatorSettings settings) {
    var batchApi = YAML.unmarshal(api, BatchApi.class);
    var batchJob = YAML.unmarshal(job, BatchJob.class);
    var meta = batchJob.getMetadata();
    var code =
        codeOfConfigMap.isEmpty()
            ? CodeFiles.inline(batchApi.getSpec().handler())
            : codeOfConfigMap;
    var run = Freeze.freeze(batchApi.named(), batchJob.named(), meta.getUid(), 10, NOW);
    var plan =
        PodPlans.of(
            batchApi.named(),
            meta.getLabels(),
            settings,
            Optional.of(host),
            JobId.of(batchJob),
            code,
            batchJob.getSpec().input().configMap() == null
                    && (batchJob.getSpec().input().items() == null || run.output() == null)
                ? Optional.empty()
                : Optional.of("1\n2\n"),
            batchJob.getSpec().input().files() == null
                ? Optional.empty()
                : Optional.of(new FrozenSplit(1, "abc", 2, 300, 0)),
            run.output() == null
                ? Optional.empty()
                : Optional.of(
                    new FrozenOutput(
                        List.of("s3://results/"),
                        "store",
                        batchJob.getSpec().input().items() == null ? null : "c0ffee")));
    var inFiles = run.output() != null && batchJob.getSpec().input().files() != null;
    return FrozenJob.of(JobId.of(batchJob), inFiles ? run.withFiles(FILES) : run, plan);
  }

  static Map<String, String> files(String configMap) {
    return YAML.unmarshal(configMap, ConfigMap.class).getData();
  }

  /** A Python job with this pod template. */
  static FrozenJob jobWithTemplate(String template) {
    return jobWith("template:\n" + template.indent(2));
  }

  /** A Python job with these fields of its BatchAPI. */
  public static FrozenJob jobWith(String fields) {
    return job(
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchAPI
        metadata: {name: tagger, namespace: vision}
        spec:
          handler: {python: {inline: "class Handler: pass"}}
        %s
        """
            .formatted(fields.indent(2)),
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchJob
        metadata: {name: monday, namespace: vision, uid: 0b5a7c2e-1111-4222-8333-444455556666}
        spec: {apiName: tagger, input: {count: 10}}
        """,
        Map.of());
  }
}
