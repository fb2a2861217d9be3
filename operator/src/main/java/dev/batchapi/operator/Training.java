package dev.batchapi.operator;

import dev.batchapi.operator.kube.Kubernetes;
import dev.batchapi.operator.kube.LeaseFence;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * An operator's start and a little of its life within one process, for the JVM to learn from
 * ({@code -XX:AOTCacheOutput}). The operator is the real one; the API server is played by a thread,
 * and there is no queue, so that an image's build needs no server.
 */
final class Training {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Duration WORKS = Duration.ofSeconds(3);

  private static final String API =
      """
      {"apiVersion":"batchapi.dev/v1alpha1","kind":"BatchAPI",
       "metadata":{"name":"train","namespace":"default","uid":"00000000-0000-4000-8000-000000000001",
         "generation":1,"resourceVersion":"1","creationTimestamp":"2026-01-01T00:00:00Z"},
       "spec":{"handler":{"python":{"inline":"class Handler: pass"},"config":{"threshold":0.5}},
         "resources":{"requests":{"cpu":"500m"}},"env":[{"name":"A","value":"b"}],
         "batchSize":2,"retry":{"maxAttempts":3,"initialBackoffSeconds":1,"maxBackoffSeconds":60},
         "timeouts":{"batchSeconds":60},"maxFailedBatches":"1%","metrics":{"tags":{"team":"x"}}}}
      """;

  private static final String JOB =
      """
      {"apiVersion":"batchapi.dev/v1alpha1","kind":"BatchJob",
       "metadata":{"name":"train","namespace":"default","uid":"00000000-0000-4000-8000-000000000002",
         "generation":1,"resourceVersion":"1","creationTimestamp":"2026-01-01T00:00:00Z"},
       "spec":{"apiName":"train","workers":1,"input":{"items":[1,{"a":[null,true]}]},
         "overrides":{"batchSize":1},"suspend":false,"cancel":false}}
      """;

  private Training() {}

  /**
   * Runs it, and ends the process.
   *
   * @throws IllegalStateException if the operator did not become ready: nothing was learnt
   */
  static void run(Controllers controllers) throws IOException, InterruptedException {
    Thread.ofPlatform().daemon().start(Training::endInAnyCase);
    try (var server = new TrainingApiServer(Map.of("batchapis", API, "batchjobs", JOB))) {
      var config = Config.empty();
      config.setMasterUrl(server.url());
      var settings = settings();
      var fence =
          new LeaseFence(
              settings.namespace(), System::nanoTime, () -> Runtime.getRuntime().halt(1));
      var client = Kubernetes.client(config, http -> http.addOrReplaceInterceptor("lease", fence));
      var process =
          new OperatorProcess(settings, client, controllers, fence, Training::endInAnyCase);
      process.start();
      LockSupport.parkNanos(WORKS.toNanos());
      for (var path : new String[] {"readyz", "healthz", "metrics"}) {
        ask(URI.create("http://127.0.0.1:%d/%s".formatted(process.port(), path)));
      }
      process.stop();
    }
    System.exit(0);
  }

  private static OperatorSettings settings() throws IOException {
    var host = Files.createTempDirectory("batchapi-train");
    Files.writeString(host.resolve("batchapi_start.py"), "");
    return OperatorSettings.from(
        Map.of(
            "BATCHAPI_NATS_URL", "nats://127.0.0.1:1",
            "BATCHAPI_STATSD", "127.0.0.1:9",
            "BATCHAPI_RUNTIME_IMAGE", "batchapi/handler-runtime",
            "BATCHAPI_PYTHON_HOST", host.toString(),
            "BATCHAPI_HTTP_PORT", "0"));
  }

  private static void ask(URI uri) throws IOException, InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      var answer =
          http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException("The training failed: " + answer.body());
      }
    }
  }

  private static void endInAnyCase() {
    LockSupport.parkNanos(BOUND.toNanos());
    Runtime.getRuntime().halt(1);
  }
}
