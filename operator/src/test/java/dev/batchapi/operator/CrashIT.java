package dev.batchapi.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.operator.kube.Kubernetes;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The operator killed between any two of its calls to the API server: right before each that
 * changes something, and right after it. Another one goes on, and the job ends as if nothing had
 * been. Runs the operator in this process, with the cluster's own scaled away.
 */
final class CrashIT {
  private static final String SYSTEM = "batchapi-system";
  private static final int BATCHES = 6;

  private static final String POLICY =
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: nats-for-crash-it}
      spec:
        podSelector: {matchLabels: {app.kubernetes.io/name: nats}}
        policyTypes: [Ingress]
        ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 4222, protocol: TCP}]}]
      """;

  private static KubernetesClient user;
  private static Config config;
  private static OperatorSettings settings;
  private static int replicas;

  @BeforeAll
  static void takeTheOperatorsPlace() throws Exception {
    var kubeconfig = System.getenv("BATCHAPI_E2E_KUBECONFIG");
    if (kubeconfig == null || kubeconfig.isBlank()) {
      System.err.println("SKIPPED: CrashIT: BATCHAPI_E2E_KUBECONFIG names no cluster.");
      Assumptions.abort("BATCHAPI_E2E_KUBECONFIG is not set");
    }
    config = Config.fromKubeconfig(Files.readString(Path.of(kubeconfig)));
    user = Kubernetes.client(config);
    var deployment = user.apps().deployments().inNamespace(SYSTEM).withName("batchapi-operator");
    replicas = deployment.get().getSpec().getReplicas();
    var environment = new HashMap<String, String>();
    deployment.get().getSpec().getTemplate().getSpec().getContainers().getFirst().getEnv().stream()
        .filter(variable -> variable.getValue() != null)
        .forEach(variable -> environment.put(variable.getName(), variable.getValue()));
    environment.put("BATCHAPI_NATS_URL", "nats://%s:4222".formatted(clusterIp("nats")));
    environment.put("BATCHAPI_PYTHON_HOST", "../handler-runtime/src/main/python");
    environment.put("BATCHAPI_HTTP_PORT", "0");
    environment.put("BATCHAPI_LEADER_ELECTION", "false");
    settings = OperatorSettings.from(environment);
    letThisProcessReachTheQueue();
    deployment.scale(0);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                user.pods()
                    .inNamespace(SYSTEM)
                    .withLabel("app.kubernetes.io/name", "batchapi-operator")
                    .list()
                    .getItems()
                    .isEmpty());
  }

  /** It is no pod, and the shipped policy knows only pods. Policies add up. */
  private static void letThisProcessReachTheQueue() {
    user.resource(POLICY).inNamespace(SYSTEM).createOr(NonDeletingOperation::update);
  }

  private static String clusterIp(String service) {
    return user.services().inNamespace(SYSTEM).withName(service).get().getSpec().getClusterIP();
  }

  @AfterAll
  static void giveItBack() {
    if (user != null) {
      user.resource(POLICY).inNamespace(SYSTEM).delete();
      user.apps().deployments().inNamespace(SYSTEM).withName("batchapi-operator").scale(replicas);
      user.close();
    }
  }

  /** Lets so many changing calls pass and then none any more: the process is dead. */
  private static final class Death implements Interceptor {
    private final String namespace;
    private final int passing;
    private final boolean afterwards;
    private final AtomicInteger seen = new AtomicInteger();
    private volatile boolean dead;

    Death(String namespace, int passing, boolean afterwards) {
      this.namespace = namespace;
      this.passing = passing;
      this.afterwards = afterwards;
    }

    private boolean changes(HttpRequest request) {
      return !request.method().equals("GET")
          && request.uri().getPath().contains("/namespaces/" + namespace + "/")
          && !request.uri().getPath().contains("/events");
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      if (!dead && changes(request) && !afterwards && seen.incrementAndGet() > passing) {
        dead = true;
      }
      if (dead) {
        throw new IllegalStateException("This operator was killed.");
      }
    }

    @Override
    public void after(
        HttpRequest request,
        HttpResponse<?> response,
        AsyncBody.Consumer<List<ByteBuffer>> consumer) {
      if (!dead && changes(request) && afterwards && seen.incrementAndGet() > passing) {
        dead = true;
      }
    }
  }

  private static OperatorProcess operator(Death death) throws InterruptedException {
    var process =
        new OperatorProcess(
            settings,
            Kubernetes.client(config, builder -> builder.addOrReplaceInterceptor("death", death)),
            OperatorMain::controllers,
            () -> {});
    process.start();
    return process;
  }

  @Test
  void killedBeforeEachCall() throws Exception {
    everyCall(false);
  }

  @Test
  void killedAfterEachCall() throws Exception {
    everyCall(true);
  }

  private static void everyCall(boolean afterwards) throws Exception {
    for (int call = 0; ; call++) {
      var namespace = "crash-" + UUID.randomUUID().toString().substring(0, 6);
      user.resource(
              new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
          .create();
      try {
        var death = new Death(namespace, call, afterwards);
        var mortal = operator(death);
        try {
          apply(namespace);
          await()
              .atMost(Duration.ofSeconds(60))
              .pollInterval(Duration.ofMillis(50))
              .until(() -> death.dead || isSettled(namespace));
        } finally {
          mortal.stop();
        }
        if (!death.dead) {
          System.out.printf("Killed %s each of %d calls.%n", afterwards ? "after" : "before", call);
          assertThat(call).isGreaterThan(6);
          return;
        }
        var heir = operator(new Death(namespace, Integer.MAX_VALUE, false));
        try {
          await("after call " + call)
              .atMost(Duration.ofSeconds(60))
              .until(() -> isSettled(namespace));
        } finally {
          heir.stop();
        }
        endedAsIfNothingHadBeen(namespace, "after call " + call);
      } finally {
        user.namespaces().withName(namespace).delete();
      }
    }
  }

  private static void apply(String namespace) {
    user.load(CrashIT.class.getResourceAsStream("crash-it.yaml")).inNamespace(namespace).create();
  }

  private static List<BatchJob> jobs(String namespace) {
    return user.resources(BatchJob.class).inNamespace(namespace).list().getItems();
  }

  /** The job has ended and its workers have left. */
  private static boolean isSettled(String namespace) {
    var jobs = jobs(namespace);
    return !jobs.isEmpty()
        && jobs.stream()
            .allMatch(
                job ->
                    job.getStatus() != null
                        && job.getStatus().completionTime() != null
                        && hasLeft(namespace))
        && isNoted(namespace);
  }

  private static boolean isNoted(String namespace) {
    var api =
        user.resources(dev.batchapi.crds.BatchApi.class)
            .inNamespace(namespace)
            .withName("crash")
            .get();
    return api.getStatus() != null
        && api.getStatus().jobs() != null
        && api.getStatus().jobs().size() == 1;
  }

  private static boolean hasLeft(String namespace) {
    return user.pods().inNamespace(namespace).list().getItems().stream()
        .allMatch(
            pod ->
                Objects.equals(pod.getStatus().getPhase(), "Succeeded")
                    || Objects.equals(pod.getStatus().getPhase(), "Failed"));
  }

  private static void endedAsIfNothingHadBeen(String namespace, String when) {
    var jobs = jobs(namespace);
    assertThat(jobs).as(when).hasSize(1);
    var status = jobs.getFirst().getStatus();
    assertThat(Objects.requireNonNull(status.batches()).succeeded()).as(when).isEqualTo(BATCHES);
    assertThat(Objects.requireNonNull(status.batches()).failed()).as(when).isZero();
    assertThat(status.failedAttempts()).as(when).isZero();
    assertThat(Objects.requireNonNull(status.workers()).lost()).as(when).isZero();
    assertThat(
            Objects.requireNonNull(status.conditions()).stream()
                .filter(c -> c.type().equals("Complete"))
                .map(c -> c.reason())
                .toList())
        .as(when)
        .containsExactly("Complete");
    assertThat(
            user.batch().v1().jobs().inNamespace(namespace).list().getItems().stream()
                .map(job -> job.getMetadata().getName())
                .toList())
        .as(when)
        .containsExactlyInAnyOrder("crash-now-0-0", "crash-now-1-0");
  }
}
