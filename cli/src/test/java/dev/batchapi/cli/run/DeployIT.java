package dev.batchapi.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code batchapi deploy} and a real API server; the test is the operator. */
class DeployIT {
  @RegisterExtension static final ApiServer SERVER = new ApiServer();

  @TempDir private Path folder;
  private final String namespace = "team-" + UUID.randomUUID();
  private Cli cli = new Cli(Path.of("."));

  @BeforeEach
  void anAuthorWithAFolder() throws Exception {
    SERVER
        .admin()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
    cli = new Cli(folder).withEnv(Map.of("KUBECONFIG", SERVER.kubeconfig().toString()));
    cli.run("init", "python", "words").exits(0);
  }

  private Cli.Running deploying(String... more) throws Exception {
    var arguments = new ArrayList<>(List.of("deploy", "words", "-n", namespace));
    arguments.addAll(List.of(more));
    return cli.start(arguments.toArray(String[]::new));
  }

  private Cli.Result deploy(String... more) throws Exception {
    try (var running = deploying(more)) {
      return running.result();
    }
  }

  private GenericKubernetesResource api() {
    return SERVER
        .admin()
        .genericKubernetesResources("batchapi.dev/v1alpha1", "BatchAPI")
        .inNamespace(namespace)
        .withName("words")
        .get();
  }

  private ConfigMap code() {
    return SERVER.admin().configMaps().inNamespace(namespace).withName("words-code").get();
  }

  /** What an operator would say of the BatchAPI as it is now. */
  private void theOperatorSays(String ready, String reason, String message) {
    await().atMost(Duration.ofMinutes(1)).until(() -> api() != null);
    var api = api();
    var generation = api.getMetadata().getGeneration();
    var condition =
        Map.of(
            "type", "Ready",
            "status", ready,
            "reason", reason,
            "message", message,
            "observedGeneration", generation,
            "lastTransitionTime", "2026-01-01T00:00:00Z");
    api.setAdditionalProperty(
        "status", Map.of("observedGeneration", generation, "conditions", List.of(condition)));
    SERVER.admin().resource(api).inNamespace(namespace).updateStatus();
  }

  @Test
  void aFolderBecomesAConfigMapAndABatchApiAndIsFollowedUntilItIsReady() throws Exception {
    try (var running = deploying()) {
      theOperatorSays("True", "Ready", "Jobs can run.");
      running
          .result()
          .exits(0)
          .says("ConfigMap words-code applied", "BatchAPI words applied", "words is ready")
          .says("BatchJob words-sample is left alone");
    }
    assertThat(code().getData()).containsOnlyKeys("handler.py");
    assertThat(api().getAdditionalProperties().get("spec"))
        .asString()
        .contains("configMap={name=words-code}", "file=handler.py");

    var before =
        List.of(
            code().getMetadata().getResourceVersion(), api().getMetadata().getResourceVersion());
    deploy().exits(0).says("ConfigMap words-code unchanged", "BatchAPI words unchanged");
    assertThat(
            List.of(
                code().getMetadata().getResourceVersion(),
                api().getMetadata().getResourceVersion()))
        .isEqualTo(before);

    cli.file("words/util.py", "WORD = 1\n");
    deploy().exits(0).says("ConfigMap words-code applied", "BatchAPI words unchanged");
    assertThat(code().getData()).containsOnlyKeys("handler.py", "util.py");
    Files.delete(folder.resolve("words/util.py"));
    deploy().exits(0);
    assertThat(code().getData()).containsOnlyKeys("handler.py");
  }

  @Test
  void whyItIsNotReadyIsSaid() throws Exception {
    try (var running = deploying()) {
      theOperatorSays("False", "SpecInvalid", "the image has no Python");
      running.result().exits(3).says("words is not ready: SpecInvalid: the image has no Python");
    }
  }

  @Test
  void withoutAnOperatorItSaysSo() throws Exception {
    deploy("--timeout", "1").exits(1).says("no operator has looked at BatchAPI words within 1 s");
  }

  @Test
  void whatAConfigMapCannotHoldIsRefusedBeforeAnythingIsApplied() throws Exception {
    Files.writeString(folder.resolve("words/table.csv"), "x".repeat(3 << 20));
    Files.write(folder.resolve("words/model.bin"), new byte[] {0});
    Files.createSymbolicLink(folder.resolve("words/secrets"), Path.of("/etc/passwd"));
    deploy()
        .exits(64)
        .says("words: its files have 3,14", "model.bin: is no text", "secrets: is a link");
    assertThat(code()).isNull();
    assertThat(api()).isNull();
  }

  @Test
  void aHandlerThatIsNotThereIsRefusedBeforeAnythingIsApplied() throws Exception {
    Files.move(folder.resolve("words/handler.py"), folder.resolve("words/handlers.py"));
    deploy()
        .exits(64)
        .says(
            "words has no handler.py, the file with the handler's class; did you mean handlers.py?");
    assertThat(code()).isNull();
    assertThat(api()).isNull();
  }

  @Test
  void aFolderWithADockerfileIsForAnImage() throws Exception {
    cli.file("words/Dockerfile", "FROM python:3.13-slim\n");
    deploy()
        .exits(64)
        .says("docker build -t REGISTRY/words:1 words", "docker push REGISTRY/words:1")
        .says("spec.image: REGISTRY/words:1", "kubectl apply --server-side -f words/batchapi.yaml");
    assertThat(api()).isNull();
  }

  @Test
  void compiledJavaIsForAnImageToo() throws Exception {
    cli.run("init", "java", "compiled").exits(0);
    cli.run("deploy", "compiled")
        .exits(64)
        .says("the handler is compiled Java", ": compile first, with mvn package");
  }

  @Test
  void whoHasNoRightsIsToldSo() throws Exception {
    deploy("--context", "nobody")
        .exits(1)
        .says(
            "ConfigMap \"words-code\" in namespace \"" + namespace + "\": you have no right to it")
        .withoutOurFrames();
  }

  @Test
  void twoAtOnceEndAsOne() throws Exception {
    try (var one = deploying();
        var other = deploying()) {
      theOperatorSays("True", "Ready", "Jobs can run.");
      one.process().waitFor();
      other.result().exits(0).says("words is ready");
      one.result().exits(0).says("words is ready");
    }
    assertThat(code().getData()).containsOnlyKeys("handler.py");
  }

  @Test
  void whatSomebodyElseHasSetIsTakenOverOnlyByForce() throws Exception {
    deploy("--timeout", "1").exits(1);
    SERVER
        .admin()
        .configMaps()
        .inNamespace(namespace)
        .withName("words-code")
        .edit(
            map -> {
              map.getData().put("handler.py", "# edited by hand\n");
              return map;
            });
    deploy("--timeout", "1")
        .exits(1)
        .says("somebody else has set what would be changed", "--force");
    deploy("--timeout", "1", "--force").exits(1).says("ConfigMap words-code applied");
    assertThat(code().getData().get("handler.py")).contains("class Handler");
  }
}
