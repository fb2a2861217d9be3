package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchapi.crds.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What lies in a namespace is replaced by somebody who may write ConfigMaps there: nothing of it
 * may run, here or elsewhere. docs/security.md has the list of attacks and where each is tried.
 */
@ExtendWith(Cluster.class)
final class SecurityIT {
  private static final String SLOW =
      "import time\nclass Handler:\n    def handle_batch(self, payload):\n        time.sleep(1)\n        return payload\n";
  private static final String EVIL =
      "print('EVIL RAN', flush=True)\nclass Handler:\n    def handle_batch(self, payload):\n        return payload\n";

  private final Team victim = new Team("victim");
  private final Team team = new Team("mallory");
  private Attacker attacker;

  @BeforeEach
  void anAttackerWithOrdinaryRights() {
    attacker = new Attacker(team);
  }

  @AfterEach
  void nothingRanElsewhere() {
    assertThat(podsIn(victim.namespace())).as("pods in the victim's namespace").isEmpty();
    victim.close();
    team.close();
  }

  private static List<Pod> podsIn(String namespace) {
    return Cluster.client().pods().inNamespace(namespace).list().getItems();
  }

  private List<ConfigMap> configMaps(String infix) {
    return Cluster.client().configMaps().inNamespace(team.namespace()).list().getItems().stream()
        .filter(c -> c.getMetadata().getName().contains(infix))
        .toList();
  }

  private ConfigMap only(String infix) {
    var found = configMaps(infix);
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private static void restartTheOperator() {
    Cluster.inSystem("rollout", "restart", "deployment/batchapi-operator");
    Cluster.inSystem("rollout", "status", "deployment/batchapi-operator", "--timeout=120s");
  }

  private void endsAsTampered(String job) {
    assertThat(team.reasonOfTheEndOf(job, Duration.ofMinutes(3))).isEqualTo("RunTampered");
    assertThat(team.condition(job, "Accepted"))
        .get()
        .extracting(Condition::status, Condition::reason)
        .containsExactly(Condition.Status.FALSE, "RunTampered");
    await("its workers to be gone")
        .atMost(Duration.ofMinutes(2))
        .until(() -> team.pods(job).stream().noneMatch(SecurityIT::runs));
  }

  private static boolean runs(Pod pod) {
    var phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    return "Running".equals(phase) || "Pending".equals(phase);
  }

  private void nothingEvilRan(String job) {
    var logs = team.kubectl("logs", "-l", "batchapi.dev/job=" + job, "--tail=-1");
    assertThat(logs.out()).doesNotContain("EVIL RAN");
  }

  /** The frozen run of a job of the attacker's own, made into one of another namespace. */
  private Map<String, String> elsewhere(ConfigMap run, String uid, String otherUid) {
    var data = new HashMap<String, String>();
    run.getData()
        .forEach(
            (name, text) ->
                data.put(
                    name,
                    text.replace(team.namespace(), victim.namespace()).replace(uid, otherUid)));
    return data;
  }

  /** A BatchJob whose BatchAPI is not there yet waits, so its uid is known in time. */
  @Test
  void aRunThatWasPlantedBeforeItsAcceptanceIsNotAdopted() {
    attacker.applies(Team.python("decoy", "input: {count: 1}", "", SLOW));
    team.completes("decoy", 1);
    attacker.applies(
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchJob
        metadata: {name: planted}
        spec: {apiName: later, input: {count: 1}}
        """);
    var uid = team.job("planted").getMetadata().getUid();
    var decoy = only("decoy-" + team.job("decoy").getMetadata().getUid().substring(0, 8) + "-run");
    var evil = elsewhere(decoy, team.job("decoy").getMetadata().getUid(), uid);
    for (var suffix : List.of("", "-" + decoy.getMetadata().getName().replaceFirst(".*-", ""))) {
      attacker.plants("planted-%s-run%s".formatted(uid.substring(0, 8), suffix), evil);
    }
    attacker.applies(Team.python("later", "input: {count: 1}\nsuspend: true", "", SLOW));

    team.completes("planted", 1);
    assertThat(team.pods("planted")).isNotEmpty();
  }

  @Test
  @Tag("alone")
  void aRunningJobWhoseRunIsReplacedEndsWhenItIsReadAgain() {
    attacker.applies(Team.python("running", "input: {count: 600}", "", SLOW));
    team.awaits("a batch", () -> team.succeeded("running") > 0);
    var uid = team.job("running").getMetadata().getUid();
    var run = only("running-" + uid.substring(0, 8) + "-run");

    attacker.replaces(run, elsewhere(run, uid, uid));
    restartTheOperator();

    endsAsTampered("running");
  }

  @Test
  void aRunningJobWhoseRunIsDeletedEndsBeforeAnotherWorkerIsMade() {
    attacker.applies(Team.python("deleted", "workers: 1\ninput: {count: 600}", "", SLOW));
    team.awaits("a batch", () -> team.succeeded("deleted") > 0);

    attacker.deletes(only("-run-").getMetadata().getName());
    team.kubectl("delete", "pod", "-l", "batchapi.dev/job=deleted", "--wait=false");

    endsAsTampered("deleted");
  }

  @Test
  void codeThatIsReplacedWhileAJobRunsIsNotRun() {
    attacker.applies(Team.python("code", "input: {count: 600}", "", SLOW));
    team.awaits("a batch", () -> team.succeeded("code") > 0);

    attacker.replaces(only("-code-"), Map.of("handler.py", EVIL));
    team.kubectl("delete", "pod", "-l", "batchapi.dev/job=code", "--wait=false");

    endsAsTampered("code");
    nothingEvilRan("code");
  }

  /** The name of the Python host's ConfigMap is public: the same in every namespace. */
  @Test
  void aPythonHostThatWasPlantedIsNotRun() {
    attacker.applies(Team.python("first", "input: {count: 1}", "", SLOW));
    team.completes("first", 1);
    var host = only("batchapi-python-host-");
    var files = new HashMap<>(host.getData());
    files.replaceAll((name, text) -> "print('EVIL RAN', flush=True)\n" + text);
    attacker.replaces(host, files);

    attacker.applies(Team.python("second", "input: {count: 1}", "", SLOW));

    assertThat(team.reasonOfTheEndOf("second")).isEqualTo("RunTampered");
    assertThat(Objects.requireNonNull(team.condition("second", "Failed").orElseThrow().message()))
        .contains(host.getMetadata().getName());
    assertThat(team.pods("second")).isEmpty();
  }

  @Test
  void nothingOfAJobMayBelongToAnotherNamespaceByItsTemplate() {
    attacker.applies(
        Team.python(
            "meta",
            "input: {count: 1}",
            "template: {metadata: {namespace: %s, finalizers: [a.example/b]}}"
                .formatted(victim.namespace()),
            SLOW));

    team.awaits(
        "a refusal",
        () ->
            team.condition("meta", "Accepted")
                .filter(c -> c.reason().equals("ApiNotReady"))
                .filter(c -> c.message().contains("spec.template.metadata."))
                .isPresent());
  }

  /** Who may only submit has no right to read ConfigMaps, and gets none by what messages say. */
  @Test
  void aSubmitterLearnsNothingOfAConfigMap() {
    team.applies(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: secret-numbers}
        data: {password: "s3cr3t"}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: broken, labels: {batchapi.dev/input: "true"}}
        data: {password: "s3cr3t", items: "{\\"a\\": s3cr3t}"}
        """);
    team.applies(Team.python("echo", "input: {count: 1}", "", SLOW));
    for (var job :
        List.of(
            "secret-numbers, password", "absent, password", "broken, password2", "broken, items")) {
      var reference = job.split(", ", -1);
      attacker.applies(
          """
          apiVersion: batchapi.dev/v1alpha1
          kind: BatchJob
          metadata: {name: %s-%s}
          spec: {apiName: echo, input: {configMap: {name: %s, key: %s}}}
          """
              .formatted(reference[0], reference[1], reference[0], reference[1]));
    }

    assertThat(saysOfItsInput("secret-numbers-password").replace("secret-numbers", "X"))
        .as("the same whether it is there or not")
        .isEqualTo(saysOfItsInput("absent-password").replace("absent", "X"));
    assertThat(saysOfItsInput("broken-password2"))
        .contains("password2")
        .doesNotContain("items", "s3cr3t");
    assertThat(saysOfItsInput("broken-items")).contains("line 1").doesNotContain("s3cr3t");
  }

  private String saysOfItsInput(String job) {
    team.awaits(
        "a reason",
        () ->
            team.condition(job, "Accepted")
                .filter(c -> !c.reason().equals("ApiNotReady") && !c.reason().equals("ApiNotFound"))
                .isPresent());
    return team.condition(job, "Accepted").orElseThrow().message();
  }

  @Test
  void aNamespaceHasItsShare() {
    assertThat(
            Cluster.kubectl(
                    "",
                    "label",
                    "namespace",
                    team.namespace(),
                    "batchapi.dev/max-jobs=1",
                    "batchapi.dev/max-batches=5")
                .code())
        .isZero();
    attacker.applies(Team.python("one", "input: {count: 3}", "", SLOW));
    attacker.applies(
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchJob
        metadata: {name: two}
        spec: {apiName: one, input: {count: 3}}
        ---
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchJob
        metadata: {name: large}
        spec: {apiName: one, input: {count: 6}}
        """);

    for (var job : List.of("one", "two")) {
      team.completes(job, 3);
    }
    team.awaits(
        "a reason",
        () ->
            team.condition("large", "Accepted")
                .filter(c -> c.reason().equals("QuotaExceeded"))
                .filter(c -> c.message().contains("The job has 6 batches"))
                .isPresent());
    assertThat(team.pods("large")).isEmpty();
  }

  /** It was tried again without an end, and had no status. */
  @Test
  void aBatchJobThatCantBeKeptIsRefused() {
    team.applies(Team.python("small", "input: {count: 1}", "", SLOW));
    var job =
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchJob
        metadata: {name: large-config}
        spec: {apiName: small, input: {count: 1}, overrides: {config: {text: "%s"}}}
        """
            .formatted("x".repeat(1_200_000));
    assertThat(Cluster.kubectl(job, "create", "-n", team.namespace(), "-f", "-").code()).isZero();

    assertThat(team.reasonOfTheEndOf("large-config")).isEqualTo("SpecInvalid");
    assertThat(team.condition("large-config", "Failed").orElseThrow().message())
        .contains("spec.overrides.config", "131,072");
  }
}
