package dev.batchapi.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Pods by way of a BatchAPI: all that a handler needs where the namespace enforces {@code
 * restricted}, and no more than the cluster's admin allows where it enforces nothing.
 */
@ExtendWith(Cluster.class)
@Timeout(600)
final class TemplateSecurityIT {
  private static final String AUTHOR = "mallory";

  private Team team;

  @BeforeEach
  void begin() {
    team = new Team("templates");
  }

  @AfterEach
  void end() {
    team.close();
  }

  @Test
  void restrictedIsEnoughForPythonJavaAndInitContainers() {
    team.applies(
        Team.python(
            "python",
            "input: {count: 2}",
            """
            template:
              spec:
                volumes: [{name: shared, emptyDir: {sizeLimit: 1Mi}}]
                initContainers:
                - name: first
                  image: RUNTIME_IMAGE
                  command: [python3, -c, "open('/shared/first', 'w').write('42')"]
                  volumeMounts: [{name: shared, mountPath: /shared}]
                - name: beside
                  image: RUNTIME_IMAGE
                  command: [python3, -m, http.server, "8000"]
                  restartPolicy: Always
                containers:
                - name: handler
                  volumeMounts: [{name: shared, mountPath: /shared}]
            """
                .replace("RUNTIME_IMAGE", ShippedImages.runtime()),
            """
            class Handler:
                def handle_batch(self, payload):
                    assert open("/shared/first").read() == "42"
                    open("/tmp/mine", "w").write("x")
            """));
    team.applies(
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchAPI
        metadata: {name: java}
        spec:
          handler:
            java:
              inline: |
                import dev.batchapi.handler.*;
                import java.util.List;
                public final class Handler implements BatchHandler<Integer, String> {
                  @Override public String handleBatch(List<Integer> payload, BatchContext batch) {
                    return null;
                  }
                }
          jobs: [{name: job, input: {count: 2}}]
        """);

    team.completes("python", 2);
    team.completes("java-job", 2);
  }

  /**
   * Without any right to pods, in a namespace that enforces nothing: no node by the operator's
   * hand.
   */
  @Test
  void anAuthorGetsNoPodThatTheyMayNotHave() {
    asAdmin("label", "namespace", team.namespace(), "pod-security.kubernetes.io/enforce-");
    asAdmin(
        "create",
        "rolebinding",
        AUTHOR,
        "--clusterrole=batchapi-author",
        "--user=" + AUTHOR,
        "-n",
        team.namespace());
    assertThat(asAuthor("auth", "can-i", "create", "pods").out().strip()).isEqualTo("no");
    assertThat(
            asAuthor("label", "namespace", team.namespace(), "batchapi.dev/pod-security=privileged")
                .out())
        .contains("forbidden");

    var yaml =
        Team.python(
            "node",
            "input: {count: 1}",
            """
            template:
              spec:
                hostPID: true
                volumes: [{name: node, hostPath: {path: /}}]
                containers:
                - name: handler
                  securityContext: {privileged: true, allowPrivilegeEscalation: true}
                  volumeMounts: [{name: node, mountPath: /node}]
            """,
            """
            import os

            class Handler:
                def handle_batch(self, payload):
                    return len(os.listdir("/node"))
            """);
    var applied = Cluster.kubectl(yaml, "apply", "--as", AUTHOR, "-n", team.namespace(), "-f", "-");
    assertThat(applied.code()).as(applied.out()).isZero();

    team.awaits(
        "the refusal",
        () ->
            team.condition("node", "Accepted")
                .filter(c -> c.reason().equals("ApiNotReady"))
                .filter(
                    c ->
                        Stream.of(
                                "TemplateInvalid",
                                "\"baseline\"",
                                "spec.template.spec.hostPID: true",
                                "spec.template.spec.volumes[node].hostPath",
                                "containers[handler].securityContext.privileged: true",
                                "batchapi.dev/pod-security")
                            .allMatch(c.message()::contains))
                .isPresent());
    assertThat(team.pods("node")).extracting((Pod pod) -> pod.getMetadata().getName()).isEmpty();

    asAdmin("label", "namespace", team.namespace(), "batchapi.dev/pod-security=privileged");
    team.completes("node", 1);
  }

  private static void asAdmin(String... arguments) {
    var result = Cluster.kubectl("", arguments);
    assertThat(result.code()).as(result.out()).isZero();
  }

  private Cluster.Result asAuthor(String... arguments) {
    return team.kubectl(
        Stream.concat(Stream.of("--as", AUTHOR), Stream.of(arguments)).toArray(String[]::new));
  }
}
