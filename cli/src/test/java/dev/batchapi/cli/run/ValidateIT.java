package dev.batchapi.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code batchapi validate}: without a cluster, and with a real API server. */
class ValidateIT {
  @RegisterExtension static final ApiServer SERVER = new ApiServer();

  private static final String GOOD =
      """
      apiVersion: batchapi.dev/v1alpha1
      kind: BatchAPI
      metadata: {name: words}
      spec:
        handler:
          python: {file: handler.py}
      """;

  @TempDir private Path folder;
  private Cli cli = new Cli(Path.of("."));

  @BeforeEach
  void aPersonWithKubectl() throws Exception {
    cli = new Cli(folder).withEnv(Map.of("KUBECONFIG", SERVER.kubeconfig().toString()));
    cli.file("good.yaml", GOOD);
    cli.file("handler.py", "class Handler: pass\n");
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnce() throws Exception {
    cli.file(
        "bad.yaml", GOOD.replace("spec:", "spec:\n  bachSize: 2").replace("file: h", "fil: h"));
    var said = cli.run("validate", "bad.yaml").exits(64).err();
    assertThat(said.lines()).hasSize(2);
    assertThat(said).contains("bad.yaml:5 spec.bachSize", "did you mean batchSize?", "fil");
    cli.run("validate", "good.yaml").exits(0).says("1 resource is right: BatchAPI words");
  }

  @Test
  void aHandlerThatIsNotThereIsNamed() throws Exception {
    cli.file("bad.yaml", GOOD.replace("handler.py", "handlr.py"));
    cli.run("validate", "bad.yaml")
        .exits(64)
        .says(
            "bad.yaml:6 spec.handler.python.file: there is no handlr.py beside this file;"
                + " did you mean handler.py?");
    cli.file("image.yaml", GOOD.replace("handler.py", "own.py") + "  image: acme/words:1\n");
    cli.run("validate", "image.yaml")
        .exits(0)
        .says(
            "own.py is not beside this file: it must be in the image;"
                + " batchapi run on this machine will not find it",
            "1 resource is right");
    Files.createDirectory(folder.resolve("base"));
    cli.file("base/api.yaml", GOOD);
    cli.file("base/kustomization.yaml", "resources: [api.yaml]\n");
    cli.run("validate", "base/api.yaml")
        .exits(0)
        .says(
            "there is no handler.py beside this file: the overlay that completes it has to name an image",
            "1 resource is right");
    cli.file("map.yaml", GOOD.replace("handler.py", "main.py, configMap: {name: code}"));
    cli.run("validate", "map.yaml").exits(0);
    cli.file(
        "code.yaml",
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: code}, data: {man.py: pass}}\n");
    cli.run("validate", "map.yaml", "code.yaml")
        .exits(64)
        .says("ConfigMap \"code\" has no main.py; did you mean man.py?");
    cli.file(
        "java.yaml",
        GOOD.replace("python: {file: handler.py}", "java: {classpath: [target/classes]}"));
    cli.run("validate", "java.yaml")
        .exits(0)
        .says("target/classes is not beside this file", ": compile first, with mvn package");
  }

  @Test
  void anImageThatNoRegistryTakesIsRefusedAsByTheCluster() throws Exception {
    cli.file("bad.yaml", GOOD + "  image: my Image:latest\n");
    cli.run("validate", "bad.yaml")
        .exits(64)
        .says("bad.yaml:7 spec.image: must be the name of an image, such as registry.example/");
  }

  @Test
  void theClustersAdmissionIsAsked() throws Exception {
    cli.run("validate", "good.yaml", "--server").exits(0).says("the cluster would take it");
    cli.run("validate", "good.yaml", "--server", "-n", "nowhere")
        .exits(64)
        .says(
            "good.yaml:1: the cluster refuses BatchAPI words", "namespaces \"nowhere\" not found");
    assertThat(
            SERVER
                .admin()
                .genericKubernetesResources("batchapi.dev/v1alpha1", "BatchAPI")
                .inAnyNamespace()
                .list()
                .getItems())
        .isEmpty();
  }

  @Test
  void whoHasNoRightToItIsToldSo() throws Exception {
    cli.run("validate", "good.yaml", "--server", "--context", "nobody")
        .exits(1)
        .says("BatchAPI \"words\" in namespace \"default\": you have no right to it", "\"edit\"")
        .withoutOurFrames();
  }

  @Test
  void aClusterThatCannotBeAskedIsASentence() throws Exception {
    cli.run("validate", "good.yaml", "--server", "--context", "nix")
        .exits(1)
        .says("--context nix: kubectl's configuration has no such context");
    var nowhere = cli.withEnv(Map.of("KUBECONFIG", "/nowhere"));
    nowhere.run("validate", "good.yaml", "--server").exits(1).says("No cluster is configured");
    cli.file(
        "away",
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
        users: [{name: admin, user: {token: x}}]
        contexts: [{name: c, context: {cluster: c, user: admin}}]
        current-context: c
        """);
    cli.withEnv(Map.of("KUBECONFIG", "away"))
        .run("validate", "good.yaml", "--server")
        .exits(1)
        .says("The cluster at https://127.0.0.1:1/ can't be reached")
        .withoutOurFrames();
  }

  @Test
  void theSchemaOfEachKindIsPrinted() throws Exception {
    assertThat(cli.run("schema").exits(0).out()).contains("\"const\" : \"BatchJob\"", "batchSize");
    assertThat(cli.run("schema", "BatchJob").exits(0).out())
        .contains("apiName")
        .doesNotContain("x-kubernetes", "\"status\"");
    cli.run("schema", "Job").exits(64).says("there are: BatchAPI, BatchJob");
  }
}
