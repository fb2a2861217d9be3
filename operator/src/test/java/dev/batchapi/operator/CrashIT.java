package dev.batchapi.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchapi.crds.BatchJob;
import dev.batchapi.operator.kube.Kubernetes;
import dev.batchapi.operator.kube.LeaseFence;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The operator killed between any two of its calls to the API server and to the queue: right before
 * each that changes something, and right after it. Another one goes on, and the job ends as if
 * nothing had been. Runs the operator in this process, with the cluster's own scaled away.
 */
@Tag("alone")
final class CrashIT {
  private static final String SYSTEM = "batchapi-system";

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
  private static Map<String, String> variables;
  private static InetSocketAddress nats;
  private static int replicas;

  @BeforeAll
  static void takeTheOperatorsPlace() throws Exception {
    config = NamedCluster.configOrSkip(CrashIT.class);
    user = Kubernetes.client(config);
    var deployment = user.apps().deployments().inNamespace(SYSTEM).withName("batchapi-operator");
    replicas = deployment.get().getSpec().getReplicas();
    var environment = new HashMap<String, String>();
    deployment.get().getSpec().getTemplate().getSpec().getContainers().getFirst().getEnv().stream()
        .filter(variable -> variable.getValue() != null)
        .forEach(variable -> environment.put(variable.getName(), variable.getValue()));
    environment.put("BATCHAPI_PYTHON_HOST", "../handler-runtime/python-host");
    environment.put("BATCHAPI_HTTP_PORT", "0");
    environment.put("BATCHAPI_LEADER_ELECTION", "false");
    variables = environment;
    nats = new InetSocketAddress(clusterIp("nats"), 4222);
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

  private static OperatorProcess operator(Death death, QueueWay way) throws InterruptedException {
    var environment = new HashMap<>(variables);
    environment.put("BATCHAPI_NATS_URL", way.url());
    var process =
        new OperatorProcess(
            OperatorSettings.from(environment),
            Kubernetes.client(config, builder -> builder.addOrReplaceInterceptor("death", death)),
            OperatorMain::controllers,
            new LeaseFence(SYSTEM, System::nanoTime, () -> {}), // there is no Lease
            () -> {});
    process.start();
    return process;
  }

  /** Each call, or else the first of each kind: {@code make soak}. */
  private static final boolean EVERY =
      Boolean.parseBoolean(System.getenv("BATCHAPI_CRASH_EVERY_CALL"));

  /** So many operators die in the way of one job, each of another call. */
  private static final int DEATHS = EVERY ? 1 : 4;

  @ParameterizedTest
  @EnumSource(CrashScenario.class)
  void killedBeforeEachCall(CrashScenario scenario) throws Exception {
    everyCall(scenario, false);
  }

  @ParameterizedTest
  @EnumSource(CrashScenario.class)
  void killedAfterEachCall(CrashScenario scenario) throws Exception {
    everyCall(scenario, true);
  }

  private static void everyCall(CrashScenario scenario, boolean afterwards) throws Exception {
    var survived = new HashSet<String>();
    for (int number = 0; ; number++) {
      assertThat(number).as("jobs, with deaths of the kinds %s", survived).isLessThan(1_000);
      var last = number;
      var counted = new AtomicInteger();
      if (isUndisturbed(
          scenario,
          call -> EVERY ? counted.getAndIncrement() == last : survived.add(call.kind()),
          afterwards)) {
        return;
      }
    }
  }

  /**
   * Runs one job to its end, with one operator after the other that dies.
   *
   * @param dies of which call
   * @return whether none died, so that no call is left to die of
   */
  private static boolean isUndisturbed(
      CrashScenario scenario, Predicate<Death.Call> dies, boolean afterwards) throws Exception {
    var namespace = "crash-" + UUID.randomUUID().toString().substring(0, 6);
    user.resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
    // The first one's way stays to the end, for its workers.
    var ways = new ArrayList<QueueWay>();
    try {
      var when = new ArrayList<String>();
      while (true) {
        var death =
            when.size() < DEATHS
                ? new Death(
                    namespace,
                    dies,
                    afterwards,
                    made ->
                        job(namespace)
                            .map(job -> scenario.counts(made, job))
                            .orElse(scenario == CrashScenario.PLAIN))
                : Death.never(namespace);
        ways.add(way(death, namespace));
        var operator = operator(death, ways.getLast());
        try {
          if (when.isEmpty()) {
            user.load(CrashIT.class.getResourceAsStream(scenario.file()))
                .inNamespace(namespace)
                .create();
          }
          settles(scenario, namespace, when.toString(), death::isDead);
        } finally {
          operator.stop();
        }
        if (!death.isDead()) {
          if (when.isEmpty()) {
            System.out.printf(
                "%s: killed %s each of %s.%n",
                scenario, afterwards ? "after" : "before", death.seen());
            scenario.hadAll(death.seen());
          }
          scenario.check(user, job(namespace).orElseThrow());
          return when.isEmpty();
        }
        when.add((afterwards ? "after " : "before ") + death.seen().getLast());
        System.out.printf("%s: killed %s.%n", scenario, when.getLast());
      }
    } finally {
      user.namespaces().withName(namespace).delete();
      for (var way : ways) {
        way.close();
      }
    }
  }

  private static QueueWay way(Death death, String namespace) {
    return new QueueWay(
        nats,
        death,
        uid -> job(namespace).filter(job -> job.getMetadata().getUid().equals(uid)).isPresent());
  }

  private static void settles(
      CrashScenario scenario, String namespace, String when, BooleanSupplier enough) {
    await(scenario + " " + when)
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              job(namespace).ifPresent(job -> scenario.act(user, job));
              return enough.getAsBoolean() || isSettled(namespace);
            });
  }

  /** The one BatchJob there is, when there is one. */
  private static Optional<BatchJob> job(String namespace) {
    var jobs = user.resources(BatchJob.class).inNamespace(namespace).list().getItems();
    assertThat(jobs).hasSizeLessThanOrEqualTo(1);
    return jobs.stream().findFirst();
  }

  /** The job has ended, its workers have left, and its BatchAPI knows of it. */
  private static boolean isSettled(String namespace) {
    return job(namespace)
            .filter(job -> job.getStatus() != null && job.getStatus().completionTime() != null)
            .isPresent()
        && hasLeft(namespace)
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
}
