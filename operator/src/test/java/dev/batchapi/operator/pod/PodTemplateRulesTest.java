package dev.batchapi.operator.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodTemplateRulesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          spec: {containers: [{name: proxy, image: x}]} | spec.template.spec.containers[proxy] would run beside handler and keep the pod from ending: put it into spec.template.spec.initContainers with restartPolicy: Always.
          spec: {containers: [{name: worker, image: x}]} | spec.template.spec.containers[worker] is the platform's own container: of it only resources can be set.
          spec: {containers: [{name: handler, image: x}]} | spec.template.spec.containers[handler].image has no effect: set spec.image instead.
          spec: {containers: [{name: handler, command: [sh]}]} | spec.template.spec.containers[handler].command cannot be set, for the container runs the handler's host: leave it out.
          spec: {containers: [{name: handler, args: [x]}]} | spec.template.spec.containers[handler].args cannot be set, for the container runs the handler's host: leave it out.
          spec: {containers: [{image: x}]} | spec.template.spec.containers[0] has no name, by which the elements of this list are told apart.
          spec: {containers: [{name: handler}, {name: handler}]} | spec.template.spec.containers has two elements with the name "handler": put them into one.
          spec: {containers: {name: handler}} | spec.template.spec.containers must be a list, but is an object.
          spec: {containers: [{name: handler, env: {A: b}}]} | spec.template.spec.containers[handler].env must be a list, but is an object.
          spec: {containers: [{name: handler, env: [{value: b}]}]} | spec.template.spec.containers[handler].env[0] has no name, by which the elements of this list are told apart.
          spec: {containers: [{name: handler, env: [{name: BATCHAPI_RUN}]}]} | spec.template.spec.containers[handler].env has "BATCHAPI_RUN", but variables whose names begin with BATCHAPI_ are the platform's: take another name.
          spec: {containers: [{name: handler, volumeMounts: [{name: batchapi-credentials, mountPath: /x}]}]} | spec.template.spec.containers[handler].volumeMounts has "batchapi-credentials", but volumes whose names begin with batchapi- are the platform's: take another name.
          spec: {containers: [{name: handler, volumeMounts: [{name: x, mountPath: //batchapi/code}]}]} | spec.template.spec.containers[handler].volumeMounts has "//batchapi/code", but /batchapi is the platform's: mount it elsewhere.
          spec: {containers: [{name: handler, volumeMounts: [{name: x, mountPath: /batchapi}]}]} | spec.template.spec.containers[handler].volumeMounts has "/batchapi", but /batchapi is the platform's: mount it elsewhere.
          spec: {containers: [{name: handler, volumeMounts: [{name: x, mountPath: /tmp/../batchapi/code}]}]} | spec.template.spec.containers[handler].volumeMounts has "/tmp/../batchapi/code", but /batchapi is the platform's: mount it elsewhere.
          spec: {containers: [{name: handler, volumeMounts: [{name: x, mountPath: ./batchapi//socket/.}]}]} | spec.template.spec.containers[handler].volumeMounts has "./batchapi//socket/.", but /batchapi is the platform's: mount it elsewhere.
          spec: {containers: [{name: handler, volumeMounts: [{name: x, mountPath: /tmp/..}]}]} | spec.template.spec.containers[handler].volumeMounts has "/tmp/..", but /batchapi is the platform's: mount it elsewhere.
          spec: {shareProcessNamespace: true} | spec.template.spec.shareProcessNamespace cannot be true, for the handler must not see the worker's process: leave it out.
          metadata: {finalizers: [a/b]} | spec.template.metadata.finalizers cannot be set: of a pod's metadata only labels and annotations can.
          metadata: {ownerReferences: [{uid: x}]} | spec.template.metadata.ownerReferences cannot be set: of a pod's metadata only labels and annotations can.
          metadata: {namespace: kube-system} | spec.template.metadata.namespace cannot be set: of a pod's metadata only labels and annotations can.
          metadata: {generateName: x} | spec.template.metadata.generateName cannot be set: of a pod's metadata only labels and annotations can.
          metadata: {labels: {batchapi.dev/job-uid: x}} | spec.template.metadata.labels has "batchapi.dev/job-uid", but that is the platform's: take another name.
          metadata: {labels: {app.kubernetes.io/managed-by: x}} | spec.template.metadata.labels has "app.kubernetes.io/managed-by", but that is the platform's: take another name.
          metadata: {labels: {batch.kubernetes.io/job-name: x}} | spec.template.metadata.labels has "batch.kubernetes.io/job-name", but that is the platform's: take another name.
          metadata: {annotations: {batchapi.dev/progress: "9"}} | spec.template.metadata.annotations has "batchapi.dev/progress", but that is the platform's: take another name.
          spec: {initContainers: [{name: a, volumeMounts: [{name: batchapi-credentials, mountPath: /x}]}]} | spec.template.spec.initContainers[a].volumeMounts has "batchapi-credentials", but volumes whose names begin with batchapi- are the platform's: take another name.
          spec: {volumes: [{name: batchapi-run, emptyDir: {}}]} | spec.template.spec.volumes has "batchapi-run", but volumes whose names begin with batchapi- are the platform's: take another name.
          spec: {volumes: [{emptyDir: {}}]} | spec.template.spec.volumes[0] has no name, by which the elements of this list are told apart.
          spec: {securityContext: root} | spec.template.spec.securityContext must be an object, but is text.
          spec: {terminationGracePeriodSeconds: [1]} | spec.template.spec.terminationGracePeriodSeconds must be a number, but is a list.
          metadata: {labels: [a]} | spec.template.metadata.labels must be an object, but is a list.
          """)
  void whatBreaksAWorkerIsRefusedByNameWithTheWayOut(String template, String message) {
    assertThatThrownBy(() -> Given.jobWithTemplate(template))
        .isInstanceOf(PodTemplateException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          spec: {containers: []}
          spec: {containers: null}
          spec: {containers: [{name: handler, command: null}]}
          spec: {volumes: [{name: batchapi, emptyDir: {}}]}
          spec: {containers: [{name: handler, volumeMounts: [{name: x, mountPath: /batchapis}]}]}
          spec: {initContainers: [{name: proxy, image: x, command: [x], restartPolicy: Always}]}
          spec: null
          spec: {shareProcessNamespace: false}
          metadata: {labels: {app.kubernetes.io/version: "1", team: a}, annotations: {a/b: c}}
          """)
  void whatDoesNotIsTaken(String template) {
    assertThat(WorkerJobs.of(Given.jobWithTemplate(template), 0, 0, 0, 0)).isNotNull();
  }

  @Test
  void aVariableOfOursIsRefusedInEnvToo() {
    assertThatThrownBy(() -> Given.jobWith("env: [{name: BATCHAPI_NATS_URL, value: x}]"))
        .isInstanceOf(PodTemplateException.class)
        .hasMessage(
            "spec.env has \"BATCHAPI_NATS_URL\", but variables whose names begin with BATCHAPI_ are the platform's: take another name.");
  }

  @Test
  void whatKubernetesWouldNotReadIsSaid() {
    assertThatThrownBy(
            () -> WorkerJobs.of(Given.jobWithTemplate("spec: {nodeSelector: ssd}"), 0, 0, 0, 0))
        .isInstanceOf(PodTemplateException.class)
        .hasMessageStartingWith(
            "spec.template has a value of a type that Kubernetes does not take:");
  }

  @Test
  void typingErrorsAreLeftForTheApiServerToFind() {
    var written =
        WorkerJobs.asWritten(
            Given.jobWithTemplate("spec: {nodeSelektor: {a: b}, nodeSelector: {disk: true}}"));

    assertThat(written.<String>get("spec", "template", "spec", "nodeSelektor", "a")).isEqualTo("b");
    assertThat(written.<Boolean>get("spec", "template", "spec", "nodeSelector", "disk"))
        .isEqualTo(true);
  }

  @ParameterizedTest
  @CsvSource({"5, 0", "10, 0", "61, 51", "90000, 86400"})
  void theWorkerGetsAllOfTheGraceButTenSeconds(int template, String worker) {
    var job =
        Given.jobWithTemplate("spec: {terminationGracePeriodSeconds: %d}".formatted(template));

    assertThat(Containers.environment(WorkerJobs.of(job, 0, 0, 0, 0), "worker"))
        .containsEntry("BATCHAPI_GRACE_SECONDS", worker);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {fsGroup: 1} | true | 65532
          {runAsNonRoot: true} | true |
          {runAsUser: 1000} | | 1000
          {runAsUser: null} | true | 65532
          """)
  void whoSaysWhomItRunsAsSaysItAlone(String security, Boolean nonRoot, Long user) {
    var job = Given.jobWithTemplate("spec: {securityContext: %s}".formatted(security));

    var context =
        WorkerJobs.of(job, 0, 0, 0, 0).getSpec().getTemplate().getSpec().getSecurityContext();
    assertThat(context.getRunAsNonRoot()).isEqualTo(nonRoot);
    assertThat(context.getRunAsUser()).isEqualTo(user);
    assertThat(context.getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    var worker = Containers.named(WorkerJobs.of(job, 0, 0, 0, 0), "worker").getSecurityContext();
    assertThat(worker.getRunAsUser())
        .as("another user than the handler's, where one may be chosen")
        .isEqualTo(user == null ? null : 65531L);
  }

  /** A handler that writes without end fills its own share, and not its node's disk. */
  @Test
  void everyFolderThatAPodCanWriteToHasABound() {
    var pod = WorkerJobs.of(Given.jobWith(""), 0, 0, 0, 0).getSpec().getTemplate().getSpec();

    assertThat(pod.getVolumes())
        .filteredOn(volume -> volume.getEmptyDir() != null)
        .isNotEmpty()
        .allSatisfy(volume -> assertThat(volume.getEmptyDir().getSizeLimit()).isNotNull());
    assertThat(pod.getContainers())
        .allSatisfy(
            container ->
                assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue());
  }

  /** A namespace's LimitRange may ask for more than we do, or for a limit of CPU. */
  @Test
  void theWorkersResourcesCanBeSet() {
    var job =
        Given.jobWithTemplate(
            "spec: {containers: [{name: worker, resources: {requests: {cpu: 100m}, limits: {cpu: 1}}}]}");
    var resources = Containers.named(WorkerJobs.of(job, 0, 0, 0, 0), "worker").getResources();

    assertThat(resources.getRequests().get("cpu")).hasToString("100m");
    assertThat(resources.getLimits().get("cpu")).hasToString("1");
    assertThat(resources.getLimits().get("memory")).hasToString("256Mi");
    var settings = Map.of("requests.cpu", "200m", "limits.memory", "512Mi");
    assertThat(WorkerContainer.byDefault(settings).getRequests().get("cpu")).hasToString("200m");
    assertThat(WorkerContainer.byDefault(settings).getLimits().get("memory")).hasToString("512Mi");
  }

  @Test
  void anAuthorMaySetABoundOfTheDisk() {
    var job = Given.jobWith("resources: {limits: {ephemeral-storage: 50Gi, memory: 1Gi}}");
    var resources = Containers.named(WorkerJobs.of(job, 0, 0, 0, 0), "handler").getResources();

    assertThat(resources.getLimits().get("ephemeral-storage")).hasToString("50Gi");
  }
}
