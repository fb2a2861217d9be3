package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The replica that leads stands still for longer than its Lease lasts, another one takes over, and
 * then it goes on as if nothing had been, with all that was due meanwhile: it must change nothing.
 */
@Tag("alone")
@ExtendWith(Cluster.class)
final class FrozenLeaderIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> CHANGES =
      List.of("create", "update", "patch", "delete", "deletecollection");
  private static final String SLOW =
      """
      import time

      class Handler:
          def handle_batch(self, payload):
              time.sleep(0.5)
              return payload
      """;

  private static Team user;
  private static Path auditLog;
  private static Deployment shipped;

  /** Kubelet would end a process that does not answer, and it would never go on. */
  @BeforeAll
  static void twoReplicasWithoutLivenessProbe() {
    OnNode.isNeeded();
    var log = System.getenv("BATCHAPI_E2E_AUDIT_LOG");
    if (log == null || log.isBlank()) {
      System.err.println("SKIPPED: FrozenLeaderIT: BATCHAPI_E2E_AUDIT_LOG names no audit log.");
      Assumptions.abort("BATCHAPI_E2E_AUDIT_LOG is not set");
    }
    auditLog = Path.of(log);
    shipped =
        Cluster.client()
            .apps()
            .deployments()
            .inNamespace(Cluster.SYSTEM)
            .withName("batchapi-operator")
            .get();
    change(
        "[{\"op\":\"remove\",\"path\":\"/spec/template/spec/containers/0/livenessProbe\"},"
            + "{\"op\":\"replace\",\"path\":\"/spec/replicas\",\"value\":2}]");
    user = new Team("frozen");
  }

  @AfterAll
  static void asItWas() {
    if (user == null) {
      return;
    }
    user.close();
    var probe =
        Cluster.client()
            .getKubernetesSerialization()
            .asJson(
                shipped
                    .getSpec()
                    .getTemplate()
                    .getSpec()
                    .getContainers()
                    .getFirst()
                    .getLivenessProbe());
    change(
        "[{\"op\":\"add\",\"path\":\"/spec/template/spec/containers/0/livenessProbe\",\"value\":%s},"
                .formatted(probe)
            + "{\"op\":\"replace\",\"path\":\"/spec/replicas\",\"value\":%d}]"
                .formatted(shipped.getSpec().getReplicas()));
  }

  private static void change(String patch) {
    Cluster.inSystem("patch", "deployment", "batchapi-operator", "--type=json", "-p", patch);
    Cluster.inSystem("rollout", "status", "deployment/batchapi-operator", "--timeout=120s");
  }

  private static String leader() {
    var lease =
        Cluster.client().leases().inNamespace(Cluster.SYSTEM).withName("batchapi-operator").get();
    return Objects.requireNonNullElse(lease.getSpec().getHolderIdentity(), "");
  }

  /** Nobody leads between the end of one leader and the next one's beginning. */
  private static boolean leads(String name) {
    return !name.isEmpty() && operatorPod(name) != null;
  }

  private static boolean isOther(String name, String old) {
    return leads(name) && !name.equals(old);
  }

  private static Pod operatorPod(String name) {
    return Cluster.client().pods().inNamespace(Cluster.SYSTEM).withName(name).get();
  }

  private static int restarts(String pod) {
    return operatorPod(pod).getStatus().getContainerStatuses().getFirst().getRestartCount();
  }

  @Test
  void aLeaderThatStoodStillChangesNothingWhenItGoesOn() {
    user.awaits("a leader of two", () -> leads(leader()));
    user.applies(Team.python("stop", "input: {count: 1000}\nworkers: 2", "batchSize: 1", SLOW));
    user.applies(Team.python("go", "input: {count: 150}\nworkers: 2", "batchSize: 1", SLOW));
    user.awaits("some batches", () -> user.succeeded("stop") >= 2 && user.succeeded("go") >= 2);
    var old = leader();

    Instant woken;
    try (var _ = OnNode.freeze(operatorPod(old), "operator.args")) {
      // What the old one knows of this is nothing.
      user.kubectl(
          "patch", "batchjob", "stop", "--type=merge", "-p", "{\"spec\":{\"cancel\":true}}");
      user.kubectl("delete", "pod", user.pods("go").getFirst().getMetadata().getName());
      user.awaits("another leader", () -> isOther(leader(), old));
      assertThat(user.reasonOfTheEndOf("stop")).isEqualTo("Cancelled");
      user.awaits("a replacement", () -> user.workers("go").lost() == 1 && user.ready("go") == 2);
      woken = Instant.now();
    }
    user.awaits("its end", () -> restarts(old) == 1);

    user.completes("go", 150);
    assertThat(user.workers("go").lost()).isEqualTo(1);
    assertThat(user.job("go").getStatus().failedAttempts()).isZero();
    assertThat(user.kubectl("get", "jobs", "-l", "batchapi.dev/job=stop", "-o", "name").out())
        .isEmpty();
    assertThat(changesBy(old, woken)).isEmpty();
  }

  /** Each change that a pod has asked for since then, but for the Lease; reviews are questions. */
  private static List<String> changesBy(String pod, Instant since) {
    try (var lines = Files.lines(auditLog)) {
      return lines
          .filter(line -> line.contains('"' + pod + '"'))
          .map(FrozenLeaderIT::parse)
          .filter(
              entry ->
                  entry
                      .at("/user/extra/authentication.kubernetes.io~1pod-name/0")
                      .asText()
                      .equals(pod))
          .filter(entry -> CHANGES.contains(entry.get("verb").asText()))
          .filter(entry -> !entry.at("/objectRef/resource").asText().matches("leases|.*reviews"))
          .filter(
              entry ->
                  !Instant.parse(entry.get("requestReceivedTimestamp").asText()).isBefore(since))
          .map(JsonNode::toString)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
