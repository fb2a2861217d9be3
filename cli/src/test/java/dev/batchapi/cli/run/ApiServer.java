package dev.batchapi.cli.run;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real API server with this build's definitions, and nothing else: no operator, no nodes. It has
 * an admin, and a {@code nobody} who may do nothing.
 */
final class ApiServer implements BeforeAllCallback, AfterAllCallback {
  private static final String TOKENS =
      "admin-token,admin,1,\"system:masters\"\nno-token,nobody,2\n";

  private final List<Process> processes = new ArrayList<>();
  private @Nullable Path programs;
  private @Nullable Path folder;
  private @Nullable KubernetesClient client;

  /** The programs of the test cluster; skips the test, and says so, where they are not built. */
  private static Path programsOrSkip(String test) throws IOException {
    var cache =
        System.getenv()
            .getOrDefault(
                "XDG_CACHE_HOME", Path.of(System.getProperty("user.home"), ".cache") + "");
    var clusters = Path.of(cache, "batchapi", "cluster");
    if (Files.isDirectory(clusters)) {
      try (var versions = Files.list(clusters)) {
        var found =
            versions.filter(v -> Files.isExecutable(v.resolve("kube-apiserver"))).findFirst();
        if (found.isPresent()) {
          return found.get();
        }
      }
    }
    System.err.printf("SKIPPED: %s: no API server is built; `make cluster` builds one.%n", test);
    return abort("no kube-apiserver");
  }

  @Override
  public void beforeAll(ExtensionContext test) throws Exception {
    var programs = programsOrSkip(test.getRequiredTestClass().getSimpleName());
    this.programs = programs;
    var home = Files.createTempDirectory("api-server");
    folder = home;
    var keys = KeyPairGenerator.getInstance("RSA");
    keys.initialize(2048);
    var encoder = Base64.getMimeEncoder(64, new byte[] {'\n'});
    Files.writeString(
        home.resolve("sa.key"),
        "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
            .formatted(encoder.encodeToString(keys.generateKeyPair().getPrivate().getEncoded())));
    Files.writeString(home.resolve("tokens.csv"), TOKENS);
    var etcd = "http://127.0.0.1:" + freePort();
    start(
        programs.resolve("etcd") + "",
        "--data-dir=" + home.resolve("etcd"),
        "--unsafe-no-fsync",
        "--listen-client-urls=" + etcd,
        "--advertise-client-urls=" + etcd,
        "--listen-peer-urls=http://127.0.0.1:" + freePort());
    var port = freePort();
    start(
        programs.resolve("kube-apiserver") + "",
        "--etcd-servers=" + etcd,
        "--bind-address=127.0.0.1",
        "--secure-port=" + port,
        "--cert-dir=" + home.resolve("certificates"),
        "--token-auth-file=" + home.resolve("tokens.csv"),
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://tests",
        "--service-account-key-file=" + home.resolve("sa.key"),
        "--service-account-signing-key-file=" + home.resolve("sa.key"));
    Files.writeString(
        kubeconfig(),
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "https://127.0.0.1:%d", insecure-skip-tls-verify: true}}]
        users: [{name: admin, user: {token: admin-token}}, {name: nobody, user: {token: no-token}}]
        contexts: [{name: c, context: {cluster: c, user: admin}}, {name: nobody, context: {cluster: c, user: nobody}}]
        current-context: c
        """
            .formatted(port));
    var admin = admin();
    await()
        .atMost(Duration.ofMinutes(2))
        .ignoreExceptions()
        .until(
            () ->
                admin.raw("/readyz").equals("ok")
                    && admin.namespaces().withName("default").get() != null);
    define(admin);
  }

  private void start(String... command) throws IOException {
    var log = Objects.requireNonNull(folder).resolve("log" + processes.size() + ".txt").toFile();
    processes.add(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start());
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void define(KubernetesClient admin) {
    for (var plural : List.of("batchapis", "batchjobs")) {
      var yaml = "/dev/batchapi/crds/%s.batchapi.dev.yaml".formatted(plural);
      var definition =
          admin
              .getKubernetesSerialization()
              .unmarshal(ApiServer.class.getResourceAsStream(yaml), CustomResourceDefinition.class);
      admin.resource(definition).create();
      admin
          .resource(definition)
          .waitUntilCondition(
              d ->
                  d != null
                      && d.getStatus() != null
                      && d.getStatus().getConditions() != null
                      && d.getStatus().getConditions().stream()
                          .anyMatch(
                              c ->
                                  c.getType().equals("Established")
                                      && c.getStatus().equals("True")),
              30,
              TimeUnit.SECONDS);
    }
  }

  /** The folder with its programs, kubectl too. */
  Path programs() {
    return Objects.requireNonNull(programs);
  }

  /** kubectl's configuration: the current context is the admin's, another one is nobody's. */
  Path kubeconfig() {
    return Objects.requireNonNull(folder).resolve("kubeconfig");
  }

  /** A client with all rights. */
  KubernetesClient admin() {
    var open = client;
    if (open == null) {
      try {
        open =
            new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(Files.readString(kubeconfig())))
                .build();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      client = open;
    }
    return open;
  }

  @Override
  public void afterAll(ExtensionContext test) throws Exception {
    if (client != null) {
      client.close();
    }
    for (var process : processes.reversed()) {
      process.destroyForcibly().waitFor();
    }
    if (folder != null) {
      new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
    }
  }
}
