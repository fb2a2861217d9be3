package dev.batchapi.operator.pod;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

/** That Kubernetes' own check says the same of each pod, {@code PodSecurityIT} shows. */
class PodSecurityTest {

  @ParameterizedTest
  @CsvFileSource(resources = "/pod-security.csv", delimiter = '|', quoteCharacter = '\1')
  void eachControlIsKeptFromItsLevelOn(String firstLevel, String template, String field) {
    for (var level : PodSecurityLevel.values()) {
      var refused = PodSecurityLevel.named(firstLevel).filter(first -> level.compareTo(first) >= 0);
      if (refused.isEmpty()) {
        assertThatCode(() -> check(level, template)).doesNotThrowAnyException();
      } else {
        assertThatThrownBy(() -> check(level, template))
            .isInstanceOf(PodTemplateException.class)
            .hasMessageStartingWith("The Pod Security Standard \"%s\" does not allow ", level)
            .hasMessageContaining(field);
      }
    }
  }

  /**
   * What a lenient reader would still take for the forbidden value, and what the API server refuses
   * of any pod.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\1',
      textBlock =
          """
          spec: {hostNetwork: "true"}
          spec: {hostPID: 1}
          spec: {containers: [{name: handler, securityContext: {privileged: "true"}}]}
          spec: {containers: [{name: handler, ports: [{containerPort: 80, hostPort: "80"}]}]}
          spec: {containers: [{name: handler, ports: [{containerPort: 80, hostPort: 80.5}]}]}
          spec: {securityContext: {seccompProfile: {localhostProfile: x}}, containers: [{name: handler, securityContext: {seccompProfile: {type: [Unconfined]}}}]}
          spec: {volumes: [{name: node, emptyDir: {}, hostPath: {path: /}}]}
          spec: {containers: [{name: handler, securityContext: {procMount: Unmasked}}], hostUsers: true}
          spec: {ephemeralContainers: [{name: debug, securityContext: {privileged: true}}]}
          """)
  void whatIsNoValidPodIsNoWayAround(String template) {
    assertThatThrownBy(() -> check(PodSecurityLevel.BASELINE, template))
        .isInstanceOf(PodTemplateException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\1',
      textBlock =
          """
          spec: {securityContext: {runAsUser: "0", runAsNonRoot: true}}
          spec: {securityContext: {runAsUser: 0.4, runAsNonRoot: true}}
          spec: {securityContext: {runAsNonRoot: "false"}}
          spec: {containers: [{name: handler, securityContext: {allowPrivilegeEscalation: "true"}}]}
          spec: {volumes: [{name: new, somethingNew: {}}]}
          """)
  void norBelowRestricted(String template) {
    assertThatThrownBy(() -> check(PodSecurityLevel.RESTRICTED, template))
        .isInstanceOf(PodTemplateException.class);
  }

  @Test
  void aMessageNamesEveryFieldAndStaysReadable() {
    assertThatThrownBy(
            () ->
                check(
                    PodSecurityLevel.BASELINE,
                    "spec: {hostNetwork: true, volumes: [{name: node, hostPath: {path: /}}]}"))
        .hasMessage(
            "The Pod Security Standard \"baseline\" does not allow spec.template.spec.hostNetwork: true; spec.template.spec.volumes[node].hostPath. So says the test.");
    assertThatThrownBy(
            () ->
                check(
                    PodSecurityLevel.BASELINE,
                    "spec: {containers: [{name: handler, securityContext: {capabilities: {add: [%s%s]}}}]}"
                        .formatted("A, ".repeat(11), "B".repeat(100_000))))
        .hasMessageEndingWith("; and 2 more. So says the test.")
        .hasMessageMatching("(?s).{0,2000}");
  }

  private static void check(PodSecurityLevel level, String template) {
    PodSecurity.check(
        new RequiredLevel(level, "So says the test.", PodSecurityLevel.PRIVILEGED), pod(template));
  }

  static ObjectNode pod(String template) {
    var job = Given.jobWithTemplate(template);
    return WorkerPod.of(job, job.pod().labels());
  }
}
