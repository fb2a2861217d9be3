package dev.batchapi.cli.run;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the page for authors says about clusters, on a real API server; the test is the operator.
 */
class AuthorsPageClusterIT {
  @RegisterExtension static final ApiServer SERVER = new ApiServer();

  @TempDir private Path folder;

  @Test
  void whoDoesWhatThePageSaysHasTheirHandlerInTheCluster() throws Exception {
    var programs = SERVER.programs() + ":" + System.getenv("PATH");
    new Cli(folder).run("init", "python", "words").exits(0);
    var operator = Thread.ofVirtual().start(AuthorsPageClusterIT::operator);
    new AuthorsPage(folder, Map.of("KUBECONFIG", SERVER.kubeconfig().toString(), "PATH", programs))
        .follow(command -> command.equals("cluster"));
    operator.interrupt();
    operator.join();
  }

  /** Says of each BatchAPI that it is ready. */
  private static void operator() {
    var apis = SERVER.admin().genericKubernetesResources("batchapi.dev/v1alpha1", "BatchAPI");
    while (!Thread.currentThread().isInterrupted()) {
      apis.inAnyNamespace().list().getItems().stream()
          .filter(api -> !api.getAdditionalProperties().containsKey("status"))
          .forEach(AuthorsPageClusterIT::ready);
      try {
        Thread.sleep(200);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static void ready(GenericKubernetesResource api) {
    var condition =
        Map.of(
            "type", "Ready",
            "status", "True",
            "reason", "Ready",
            "message", "Jobs can run.",
            "observedGeneration", api.getMetadata().getGeneration(),
            "lastTransitionTime", "2026-01-01T00:00:00Z");
    api.setAdditionalProperty("status", Map.of("conditions", List.of(condition)));
    SERVER.admin().resource(api).updateStatus();
  }
}
