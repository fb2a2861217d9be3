package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.operator.pod.Names;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the cluster does to a job: every batch still gets done, and the status says what goes on.
 */
@ExtendWith(Cluster.class)
final class BadDaysIT {
  private static final String SLOW =
      """
      import time

      class Handler:
          def handle_batch(self, payload):
              time.sleep(0.5)
              return payload
      """;

  private static Team user;

  @BeforeAll
  static void begin() {
    user = new Team("baddays");
  }

  @AfterAll
  static void end() {
    user.close();
  }

  private static Pod livePod(String job) {
    return user.pods(job).stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .filter(pod -> Objects.equals(pod.getStatus().getPhase(), "Running"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void anImageThatCannotBePulledIsTheReason() {
    user.applies(Team.python("noimage", "input: {count: 1}", "image: acme/no-such-image:1", SLOW));

    user.awaitsReason("noimage", "ImagePullFailed", "acme/no-such-image:1");
  }

  @Test
  void anImageWithoutPythonIsNotWaitedForInVain() {
    user.applies(Team.python("nopython", "input: {count: 1}", "image: nats:2.15.2-alpine", SLOW));

    assertThat(user.reasonOfTheEndOf("nopython")).isEqualTo("WorkersFailed");
    assertThat(user.condition("nopython", "Finished").orElseThrow().message()).contains("python3");
  }

  @Test
  void aPlainPythonImageWithNothingOfOursWillDo() {
    user.applies(
        Team.python("plain", "input: {count: 4}", "image: batchapi-e2e/python:3.11", SLOW));

    user.completes("plain", 4);
  }

  @Test
  void aCompiledHandlerInAnImageBuiltOnOursIsFoundByItsClassPath() {
    user.applies(
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchAPI
        metadata: {name: compiled}
        spec:
          image: batchapi-e2e/java:1
          handler:
            java: {className: dev.batchapi.e2e.author.Counter, classpath: ["/app/lib/*.jar"]}
        ---
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchJob
        metadata: {name: compiled}
        spec: {apiName: compiled, input: {count: 4}}
        """);

    user.completes("compiled", 4);
  }

  @Test
  void moreThanTheNodeHasIsTheReason() {
    user.applies(
        Team.python("huge", "input: {count: 1}", "resources: {requests: {cpu: 1000}}", SLOW));

    user.awaitsReason("huge", "Unschedulable", "Insufficient cpu");
  }

  @Test
  void aQuotaThatIsExceededIsTheReason() {
    try (var poor = new Team("quota")) {
      isHeldByAQuota(poor);
    }
  }

  /** So is a role or a policy that takes from the operator what it needs. */
  @Test
  void whatTheApiServerRefusesTheOperatorIsTheReason() {
    try (var poor = new Team("noconfig")) {
      poor.applies(
          """
          apiVersion: v1
          kind: ResourceQuota
          metadata: {name: none}
          spec: {hard: {count/secrets: "0"}}
          """);
      poor.applies(Team.python("poor", "input: {count: 1}", "batchSize: 1", SLOW));
      poor.awaits(
          "the refusal in the job's condition",
          () ->
              poor.condition("poor", "Accepted")
                  .filter(c -> c.reason().equals("OperatorRefused"))
                  .filter(c -> c.message().contains("exceeded quota"))
                  .isPresent());

      assertThat(poor.kubectl("delete", "quota", "none").code()).isZero();

      assertThat(poor.reasonOfTheEndOf("poor")).isEqualTo("Complete");
    }
  }

  /** As by Kueue, which holds a Job until there is room for it: {@code suspend} is not ours. */
  @Test
  void aJobThatIsHeldByAQueueOfTheClusterWaitsAndGoesOn() throws InterruptedException {
    try (var queued = new Team("held")) {
      isHeldByAQuota(queued); // so that there is no pod yet
      var job = "job/" + Names.workerJob("poor", 0, 0);
      assertThat(queued.kubectl("patch", job, "-p", "{\"spec\":{\"suspend\":true}}").code())
          .isZero();
      queued.awaitsReason("poor", "JobSuspended");
      queued.kubectl("delete", "quota", "none");
      TimeUnit.SECONDS.sleep(5);
      assertThat(queued.pods("poor")).isEmpty();

      queued.kubectl("patch", job, "-p", "{\"spec\":{\"suspend\":false}}");

      assertThat(queued.reasonOfTheEndOf("poor")).isEqualTo("Complete");
      assertThat(queued.workers("poor").lost()).isZero();
    }
  }

  private static void isHeldByAQuota(Team poor) {
    poor.applies(
        """
        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: none}
        spec: {hard: {pods: "0"}}
        """);
    poor.applies(Team.python("poor", "input: {count: 1}", "batchSize: 1", SLOW));
    poor.awaitsReason("poor", "QuotaExceeded", "exceeded quota");
  }

  @Test
  void fiveWorkersDeletedInARowAreReplacedAndCostNoAttempt() {
    user.applies(Team.python("five", "input: {count: 1000}\nworkers: 2", "batchSize: 1", SLOW));
    user.awaits("two ready", () -> user.ready("five") == 2);

    for (int i = 0; i < 5; i++) {
      var pod = livePod("five");
      var force = i % 2 == 1 ? "--force" : "--wait=false";
      user.kubectl("delete", "pod", pod.getMetadata().getName(), "--wait=false", force);
      user.awaits(
          "the pool is whole again",
          () ->
              user.pods("five").stream()
                      .filter(p -> p.getMetadata().getDeletionTimestamp() == null)
                      .filter(p -> !p.getMetadata().getUid().equals(pod.getMetadata().getUid()))
                      .filter(BadDaysIT::isReady)
                      .count()
                  == 2);
    }

    user.awaits("five losses", () -> user.workers("five").lost() == 5);
    assertThat(user.job("five").getStatus().failedAttempts()).isZero();
    user.kubectl("delete", "batchjob", "five", "--wait=false");
  }

  private static boolean isReady(Pod pod) {
    return pod.getStatus().getContainerStatuses().stream()
            .filter(c -> Boolean.TRUE.equals(c.getReady()))
            .count()
        == 2;
  }

  @Test
  void eitherContainerMayBeKilled() {
    OnNode.isNeeded();
    user.applies(Team.python("kill", "input: {count: 24}\nworkers: 2", "batchSize: 1", SLOW));
    user.awaits("some batches", () -> user.succeeded("kill") >= 2);

    user.awaits("a host to kill", () -> OnNode.kill(user.pods("kill"), "batchapi_start.py"));
    user.awaits("a worker to kill", () -> OnNode.kill(user.pods("kill"), "worker.args"));

    user.completes("kill", 24);
  }

  @Test
  void aBatchJobThatIsDeletedWhileItRunsLeavesNothing() {
    user.applies(Team.python("gone", "input: {count: 1000}\nworkers: 2", "batchSize: 1", SLOW));
    user.awaits("some batches", () -> user.succeeded("gone") >= 2);
    var uid = user.job("gone").getMetadata().getUid();

    assertThat(user.kubectl("delete", "batchjob", "gone", "--timeout=10s").code()).isZero();

    user.awaits("no pods", () -> user.pods("gone").isEmpty());
    user.awaits(
        "no objects",
        () ->
            !user.kubectl("get", "jobs,configmaps,secrets", "-o", "name")
                .out()
                .contains(uid.substring(0, 8)));
  }

  @Test
  void aNamespaceThatIsDeletedWhileAJobRunsIsGoneSoon() {
    var team = new Team("leaving");
    team.applies(Team.python("gone", "input: {count: 1000}\nworkers: 2", "batchSize: 1", SLOW));
    team.awaits(
        "a worker", () -> team.job("gone").getStatus() != null && !team.pods("gone").isEmpty());

    team.close();

    team.awaits(
        "the namespace to be gone",
        () -> Cluster.client().namespaces().withName(team.namespace()).get() == null);
  }

  @Test
  @Tag("alone")
  void aJobGoesOnWhenTheOperatorIsKilled() {
    user.applies(Team.python("orphan", "input: {count: 200}\nworkers: 2", "batchSize: 1", SLOW));
    user.awaits("some batches", () -> user.succeeded("orphan") >= 2);

    for (int i = 0; i < 2; i++) {
      Cluster.inSystem(
          "delete",
          "pod",
          "-l",
          "app.kubernetes.io/name=batchapi-operator",
          "--force",
          "--wait=false");
      var before = user.succeeded("orphan");
      user.awaits("progress", () -> user.succeeded("orphan") > before);
    }

    user.completes("orphan", 200);
    assertThat(user.workers("orphan").lost()).isZero();
  }

  @Test
  @Tag("alone")
  void twoReplicasTakeTurns() {
    Cluster.inSystem("scale", "deployment", "batchapi-operator", "--replicas=2");
    try {
      Cluster.inSystem("rollout", "status", "deployment/batchapi-operator", "--timeout=60s");
      user.applies(Team.python("turns", "input: {count: 100}\nworkers: 2", "batchSize: 1", SLOW));
      user.awaits("some batches", () -> user.succeeded("turns") >= 2);
      var first = leader();
      Cluster.inSystem("delete", "pod", first, "--wait=false");

      user.awaits("the other replica", () -> !leader().isEmpty() && !leader().equals(first));
      var before = user.succeeded("turns");
      user.awaits("progress", () -> user.succeeded("turns") > before);
      user.completes("turns", 100);
      assertThat(user.workers("turns").lost()).isZero();
    } finally {
      Cluster.inSystem("scale", "deployment", "batchapi-operator", "--replicas=1");
    }
  }

  private static String leader() {
    var lease =
        Cluster.client().leases().inNamespace(Cluster.SYSTEM).withName("batchapi-operator").get();
    return Objects.requireNonNullElse(lease.getSpec().getHolderIdentity(), "");
  }

  /** Longer than the Lease lasts: whoever leads then can't know that it still does. */
  @Test
  @Tag("alone")
  void aJobGoesOnWhenTheApiServerHung() throws InterruptedException {
    OnNode.isNeeded();
    user.applies(Team.python("hung", "input: {count: 100}\nworkers: 2", "batchSize: 1", SLOW));
    user.awaits("some batches", () -> user.succeeded("hung") >= 2);

    OnNode.pause("kube-apiserver", Duration.ofSeconds(35));

    user.completes("hung", 100);
    assertThat(user.workers("hung").lost()).isZero();
  }

  @Test
  @Tag("alone")
  void aJobGoesOnWhenTheQueueWasAway() {
    user.applies(Team.python("noqueue", "input: {count: 40}\nworkers: 2", "batchSize: 1", SLOW));
    user.awaits("some batches", () -> user.succeeded("noqueue") >= 2);

    Cluster.inSystem("delete", "pod", "nats-0", "--force", "--wait=false");

    user.completes("noqueue", 40);
  }

  @Test
  @Tag("alone")
  void aJobThatBeginsWithoutTheQueueSaysSoAndWaits() {
    Cluster.inSystem("scale", "statefulset", "nats", "--replicas=0");
    try {
      user.awaits(
          "NATS to be away",
          () ->
              Cluster.client().pods().inNamespace(Cluster.SYSTEM).withName("nats-0").get() == null);
      user.applies(Team.python("waits", "input: {count: 4}", "batchSize: 1", SLOW));
      user.awaits(
          "QueueUnavailable",
          () ->
              user.condition("waits", "Enqueued")
                  .filter(c -> c.reason().equals("QueueUnavailable"))
                  .isPresent());
    } finally {
      Cluster.inSystem("scale", "statefulset", "nats", "--replicas=1");
    }

    user.completes("waits", 4);
  }

  @Test
  @Tag("alone")
  void aJobRunsWithoutTheExporter() {
    Cluster.inSystem("scale", "deployment", "statsd-exporter", "--replicas=0");
    try {
      user.applies(
          Team.python(
              "unmeasured",
              "input: {count: 4}",
              "batchSize: 1",
              """
              class Handler:
                  def __init__(self, metrics_client):
                      self.metrics = metrics_client

                  def handle_batch(self, payload):
                      self.metrics.increment("unmeasured")
                      return payload
              """));
      user.completes("unmeasured", 4);
    } finally {
      Cluster.inSystem("scale", "deployment", "statsd-exporter", "--replicas=1");
      Cluster.inSystem("rollout", "status", "deployment/statsd-exporter", "--timeout=50s");
    }
  }

  @Test
  @Tag("alone")
  void aCordonedNodeIsTheReason() {
    var node = Cluster.client().nodes().list().getItems().getFirst().getMetadata().getName();
    Cluster.kubectl("", "cordon", node);
    try {
      user.applies(Team.python("cordon", "input: {count: 2}", "batchSize: 1", SLOW));
      user.awaitsReason("cordon", "Unschedulable", "unschedulable");
    } finally {
      Cluster.kubectl("", "uncordon", node);
    }
    user.completes("cordon", 2);
  }

  /** After a downgrade: what a newer version has written is stored, and read by today's code. */
  @Test
  @Tag("alone")
  void anObjectOfANewerVersionDoesNotStopTheOperator() {
    user.applies(Team.python("newer", "input: {count: 2}", "batchSize: 1", SLOW));
    user.completes("newer", 2);
    var status = "/spec/versions/0/schema/openAPIV3Schema/properties/status/properties/";
    definition(
        "{'op':'add','path':'%1$sphase/enum/-','value':'Hibernating'},{'op':'add','path':'%1$shibernation','value':{'type':'string'}}"
            .formatted(status));
    try {
      user.awaits(
          "the newer version's status",
          () ->
              user.kubectl(
                          "patch",
                          "batchjob",
                          "newer",
                          "--subresource=status",
                          "--type=merge",
                          "-p",
                          "{\"status\":{\"phase\":\"Hibernating\",\"hibernation\":\"deep\"}}")
                      .code()
                  == 0);
      assertThat(user.kubectl("get", "batchjob", "newer", "-o", "jsonpath={.status.phase}").out())
          .isEqualTo("Hibernating");
      // It comes to the operator that runs, and is there when one starts.
      user.applies(Team.python("after", "input: {count: 2}", "batchSize: 1", SLOW));
      user.completes("after", 2);
      Cluster.inSystem("rollout", "restart", "deployment/batchapi-operator");
      Cluster.inSystem("rollout", "status", "deployment/batchapi-operator", "--timeout=90s");
      user.applies(Team.python("restarted", "input: {count: 2}", "batchSize: 1", SLOW));
      user.completes("restarted", 2);
    } finally {
      user.kubectl("delete", "batchjob", "newer");
      var phase = List.of(phases().split(" ", -1)).indexOf("Hibernating");
      definition(
          "{'op':'remove','path':'%1$sphase/enum/%2$d'},{'op':'remove','path':'%1$shibernation'}"
              .formatted(status, phase));
    }
  }

  private static void definition(String patch) {
    var json = "[" + patch.replace('\'', '"') + "]";
    var result =
        Cluster.kubectl("", "patch", "crd", "batchjobs.batchapi.dev", "--type=json", "-p", json);
    assertThat(result.code()).as(result.out()).isZero();
  }

  private static String phases() {
    var path = ".spec.versions[0].schema.openAPIV3Schema.properties.status.properties.phase.enum";
    return Cluster.kubectl(
            "", "get", "crd", "batchjobs.batchapi.dev", "-o", "jsonpath={%s[*]}".formatted(path))
        .out();
  }

  @Test
  @Tag("alone") // how often it is tried in half a minute is for a quiet machine to say
  void anInitContainerThatFailsIsNamedAndTriedAgainInPeace() {
    user.applies(
        Team.python(
            "init",
            "input: {count: 1}",
            """
            timeouts: {startupSeconds: 30}
            template:
              spec:
                initContainers:
                - name: fetch-model
                  image: batchapi-e2e/python:3.11
                  command: [python3, -c, "raise SystemExit(3)"]
                  resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {memory: 64Mi}}
            """,
            SLOW));
    user.awaits(
        "the init container's name and exit code",
        () ->
            user.condition("init", "WorkersReady")
                .filter(c -> c.message().contains("fetch-model") && c.message().contains("3"))
                .isPresent());

    assertThat(user.reasonOfTheEndOf("init")).isEqualTo("WorkersFailed");
    assertThat(user.condition("init", "Finished").orElseThrow().message()).contains("fetch-model");
    // After the first each waits longer than the one before: 1, 2, 4 ... s.
    assertThat(user.workers("init").lost()).isBetween(2, 6);
  }

  @Test
  void aForeignJobOfAWorkersNameIsTheReason() {
    user.applies(
        """
        apiVersion: batch/v1
        kind: Job
        metadata: {name: taken-0-0}
        spec:
          suspend: true
          template:
            spec:
              restartPolicy: Never
              containers: [{name: any, image: any}]
        """);
    user.applies(Team.python("taken", "input: {count: 2}", "batchSize: 1", SLOW));
    user.awaitsReason("taken", "NameTaken", "taken-0-0");

    user.kubectl("delete", "job", "taken-0-0");

    user.completes("taken", 2);
  }

  @Test
  void aStatsdAddressThatNobodyKnowsIsSaidAndNoReasonToEnd() {
    user.applies(
        Team.python(
            "unheard", "input: {count: 10}", "metrics: {statsd: 'statsd.no-such:8125'}", SLOW));
    user.awaits(
        "the address in an event",
        () ->
            user.kubectl("get", "events", "--field-selector", "reason=StatsdUnresolved")
                .out()
                .contains("statsd.no-such:8125"));

    user.completes("unheard", 10);
  }
}
