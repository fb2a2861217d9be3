package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each of the network policies that ship lets through whom it should and nobody else, on a cluster
 * that enforces them. Whoever is let through comes first: then the rules of all pods are written,
 * and who is refused is refused by them.
 */
@ExtendWith(Cluster.class)
@Timeout(600)
final class NetworkPoliciesIT {
  private static final String NATS = "nats.batchapi-system.svc";
  private static final String EXPORTER = "statsd-exporter.batchapi-system.svc";
  private static final Map<String, String> WORKER = Map.of("batchapi.dev/job", "probe");

  private static final List<ProbePod> PODS = new ArrayList<>();
  private static Team team;
  private static boolean monitoringIsOurs;

  /** In the team's namespace: no label, and the one that workers have. */
  private static ProbePod stranger;

  private static ProbePod worker;

  /** In the system's namespace, where nobody else is let in. */
  private static ProbePod insider;

  private static ProbePod prometheus;

  @BeforeAll
  static void startPods() {
    team = new Team("policies");
    monitoringIsOurs = Cluster.kubectl("", "create", "namespace", "monitoring").code() == 0;
    stranger = start(team.namespace(), "stranger", Map.of());
    worker = start(team.namespace(), "worker", WORKER);
    insider = start(Cluster.SYSTEM, "probe-insider", Map.of());
    prometheus = start("monitoring", "probe-prometheus", Map.of());
    if (!policiesAreEnforced()) {
      System.err.println("SKIPPED: NetworkPoliciesIT: this cluster enforces no NetworkPolicies.");
      Assumptions.abort("no NetworkPolicies");
    }
  }

  /** By a policy of our own: where only a shipped one has no effect, the tests fail. */
  private static boolean policiesAreEnforced() {
    var fenced = start(team.namespace(), "fenced", Map.of("fenced", "in"));
    isReached(stranger, fenced.address(), 8000);
    team.applies(
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: fence}
        spec: {podSelector: {matchLabels: {fenced: in}}, policyTypes: [Ingress]}
        """);
    try {
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> !stranger.connects(fenced.address(), 8000));
      return true;
    } catch (ConditionTimeoutException e) {
      return false;
    }
  }

  private static ProbePod start(String namespace, String name, Map<String, String> labels) {
    var pod = ProbePod.start(namespace, name, labels);
    PODS.add(pod);
    return pod;
  }

  @AfterAll
  static void deletePods() {
    PODS.forEach(ProbePod::delete);
    if (team != null) {
      team.close();
    }
    if (monitoringIsOurs) {
      Cluster.kubectl("", "delete", "namespace", "monitoring", "--wait=false");
    }
  }

  private static void isReached(ProbePod by, String host, int port) {
    await("%s reaches %s:%d".formatted(by.name(), host, port))
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> by.connects(host, port));
  }

  private static void isNotReached(ProbePod by, String host, int port) {
    assertThat(by.connects(host, port)).as("%s reaches %s:%d", by.name(), host, port).isFalse();
  }

  @Test
  void theQueueIsForTheOperatorAndForPodsWithAJobsLabel() {
    isReached(worker, NATS, 4222);
    assertThat(operatorsOwnWords()).contains("queue: connected");

    isNotReached(stranger, NATS, 4222);
    isNotReached(insider, NATS, 4222);
    isNotReached(prometheus, NATS, 4222);
  }

  @Test
  void theQueuesMonitoringIsForNoTenant() {
    isReached(worker, NATS, 4222);

    isNotReached(worker, NATS, 8222);
    isNotReached(stranger, NATS, 8222);
  }

  @Test
  void theExportersUdpIsForPodsWithAJobsLabel() {
    var name = "e2e_policy_" + Long.toString(System.nanoTime(), 36);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              worker.sends(EXPORTER, 9125, name + "_worker:1|c");
              return Exporter.sum(name + "_worker") > 0;
            });
    for (var pod : List.of(stranger, insider, prometheus)) {
      pod.sends(EXPORTER, 9125, name + "_refused:1|c");
    }
    // What is sent last arrives last: the others' would be there by now.
    var before = Exporter.sum(name + "_worker");
    worker.sends(EXPORTER, 9125, name + "_worker:1|c");
    await().atMost(Duration.ofSeconds(30)).until(() -> Exporter.sum(name + "_worker") > before);

    assertThat(Exporter.sum(name + "_refused")).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {9102, 9103})
  void theMetricsOfExporterAndGuardAreForTheSystemAndForMonitoring(int port) {
    isReached(prometheus, EXPORTER, port);
    isReached(insider, EXPORTER, port);
    isReached(worker, NATS, 4222);

    isNotReached(worker, EXPORTER, port);
    isNotReached(stranger, EXPORTER, port);
  }

  @Test
  void theOperatorsMetricsAreForTheSystemAndForMonitoring() {
    var operator = Cluster.operatorsAddress();
    isReached(prometheus, operator, 8080);
    isReached(insider, operator, 8080);
    isReached(worker, NATS, 4222);

    isNotReached(worker, operator, 8080);
    isNotReached(stranger, operator, 8080);
  }

  /** Whoever broke into the queue or the exporter can't call anybody from there. */
  @Test
  void theQueueAndTheExporterCallNobody() {
    isReached(insider, "kubernetes.default.svc", 443);
    for (var name : List.of("nats", "statsd-exporter")) {
      var pod = start(Cluster.SYSTEM, "probe-" + name, Map.of("app.kubernetes.io/name", name));
      var address = kubernetesAddress();
      await(name + " is shut in")
          .atMost(Duration.ofSeconds(60))
          .until(() -> !pod.connects(address, 443));
    }
  }

  /**
   * The rules of a pod are written some seconds after it started, and until then the queue refuses
   * it: the worker waits. So it is for whoever pushes metrics.
   */
  @Test
  void aWorkerThatStartsBeforeItsRulesAreWrittenWaits() throws InterruptedException {
    OnNode.isNeeded();
    try (var late = new Team("policies-late")) {
      var pushed = "e2e_late_" + Long.toString(System.nanoTime(), 36);
      late.applies(
          Team.python(
              "late",
              "input: {count: 3}",
              "metrics: {tags: {team: late}}",
              """
              import time

              class Handler:
                  def __init__(self, metrics_client):
                      self.metrics = metrics_client
                  def handle_batch(self, payload):
                      self.metrics.increment("%s", 1)
                      time.sleep(2)
              """
                  .formatted(pushed)));
      OnNode.pause("kube-router", Duration.ofSeconds(15));
      late.awaits(
          "a worker that says what it waits for",
          () ->
              late.kubectl("logs", "-l", "batchapi.dev/job=late", "-c", "worker", "--tail=-1")
                  .out()
                  .contains("the queue can't be reached yet"));

      var job = late.completes("late", 3);

      assertThat(job.getStatus().failedAttempts()).isZero();
      assertThat(Objects.requireNonNull(job.getStatus().workers()).lost()).isZero();
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(Exporter.sum(pushed)).isEqualTo(3));
    }
  }

  /** By its address: who is shut in can't ask for names either. */
  private static String kubernetesAddress() {
    return Cluster.in("default", "get", "service", "kubernetes", "-o", "jsonpath={.spec.clusterIP}")
        .out()
        .strip();
  }

  private static String operatorsOwnWords() {
    var pod =
        Cluster.inSystem(
                "get",
                "pod",
                "-l",
                "app.kubernetes.io/name=batchapi-operator",
                "-o",
                "jsonpath={.items[0].metadata.name}")
            .strip();
    return Cluster.kubectl(
            "",
            "get",
            "--raw",
            "/api/v1/namespaces/%s/pods/%s:8080/proxy/readyz".formatted(Cluster.SYSTEM, pod))
        .out();
  }
}
