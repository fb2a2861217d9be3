package dev.batchapi.operator.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.operator.OperatorSettings;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is mounted from a node is the admin's to say, and nobody else's. */
class StatsdSocketTest {
  private static final String OURS = "unix:///var/run/datadog/dsd.socket";

  private static FrozenJob job(OperatorSettings settings, String namespace, String fields) {
    return Given.job(
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchAPI
        metadata: {name: tagger, namespace: %1$s}
        spec:
          handler: {python: {inline: "class Handler: pass"}}
        %2$s
        """
            .formatted(namespace, fields.indent(2)),
        """
        apiVersion: batchapi.dev/v1alpha1
        kind: BatchJob
        metadata: {name: monday, namespace: %s, uid: 0b5a7c2e-1111-4222-8333-444455556666}
        spec: {apiName: tagger, input: {count: 10}}
        """
            .formatted(namespace),
        Map.of(),
        Given.HOST,
        settings);
  }

  private static Job worker(FrozenJob job) {
    return WorkerJobs.of(job, 0, 0, 0, 0);
  }

  private static Stream<Volume> hostPaths(FrozenJob job) {
    return worker(job).getSpec().getTemplate().getSpec().getVolumes().stream()
        .filter(volume -> volume.getHostPath() != null);
  }

  @Test
  void onlyTheWorkersContainerGetsTheFolder() {
    var job =
        job(
            Given.WITH_SOCKET,
            "vision",
            "template: {spec: {initContainers: [{name: model, image: i}, {name: side, image: i, restartPolicy: Always}]}}");

    assertThat(hostPaths(job))
        .extracting(volume -> volume.getHostPath().getPath())
        .containsExactly("/var/run/datadog");
    var spec = worker(job).getSpec().getTemplate().getSpec();
    assertThat(Stream.concat(spec.getContainers().stream(), spec.getInitContainers().stream()))
        .hasSize(4)
        .filteredOn(
            container -> mounts(container).anyMatch(m -> m.getName().equals("batchapi-statsd")))
        .extracting(Container::getName)
        .containsExactly("worker");
    var worker = Containers.named(worker(job), "worker");
    assertThat(mounts(worker).filter(mount -> mount.getName().equals("batchapi-statsd")))
        .extracting(VolumeMount::getReadOnly)
        .containsExactly(true);
    assertThat(Containers.environment(worker(job), "worker"))
        .containsEntry("BATCHAPI_STATSD", "unix:///batchapi/statsd/dsd.socket")
        .containsEntry("BATCHAPI_STATSD_FLAVOUR", "datadog");
    assertThat(worker.getCommand()).contains("@/opt/batchapi/worker-unix.args");
    assertThat(worker.getEnv())
        .filteredOn(variable -> variable.getName().equals("DD_ENTITY_ID"))
        .extracting(EnvVar::getValueFrom)
        .extracting(from -> from.getFieldRef().getFieldPath())
        .containsExactly("metadata.uid");
  }

  private static Stream<VolumeMount> mounts(Container container) {
    return container.getVolumeMounts() == null
        ? Stream.empty()
        : container.getVolumeMounts().stream();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unix:///var/run/docker.sock",
        "unix:///var/run/datadog/other.socket",
        "unix:///var/run/datadog/apm/dsd.socket",
        "unix:///etc/kubernetes/pki/x"
      })
  void anAuthorsOtherSocketIsRefused(String theirs) {
    var metrics = "metrics: {statsd: \"%s\", flavour: datadog}".formatted(theirs);

    assertThatThrownBy(() -> job(Given.WITH_SOCKET, "vision", metrics))
        .isInstanceOf(PodTemplateException.class)
        .hasMessage(
            "spec.metrics.statsd is \"%s\", but a worker has no other socket than the operator's, and the operator uses %s in namespace \"vision\": leave it out, or name host:port.",
            theirs, OURS);
  }

  /** Neither where the operator sends metrics to a host, nor in a namespace for which it does. */
  @Test
  void whereTheOperatorHasNoSocketAnAuthorHasNone() {
    var metrics = "metrics: {statsd: \"%s\", flavour: datadog}".formatted(OURS);

    assertThatThrownBy(() -> job(Given.SETTINGS, "vision", metrics))
        .isInstanceOf(PodTemplateException.class)
        .hasMessageContaining("and the operator uses none in namespace \"vision\"");
    assertThatThrownBy(() -> job(Given.WITH_SOCKET, "team-a", metrics))
        .isInstanceOf(PodTemplateException.class)
        .hasMessageContaining("and the operator uses none in namespace \"team-a\"");
  }

  @Test
  void namingTheOperatorsSocketIsAsLeavingItOut() {
    var named = job(Given.WITH_SOCKET, "vision", "metrics: {statsd: \"%s\"}".formatted(OURS));
    var leftOut = job(Given.WITH_SOCKET, "vision", "");

    assertThat(named.pod()).isEqualTo(leftOut.pod());
    assertThat(named.run().metrics().statsd()).isEqualTo(OURS);
  }

  @Test
  void whoSendsElsewhereGetsNoFolder() {
    var job = job(Given.WITH_SOCKET, "vision", "metrics: {statsd: \"agent:8125\"}");

    assertThat(hostPaths(job)).isEmpty();
    assertThat(Containers.named(worker(job), "worker").getCommand())
        .contains("@/opt/batchapi/worker.args");
    assertThat(Containers.environment(worker(job), "worker")).doesNotContainKey("BATCHAPI_STATSD");
  }

  @Test
  void anotherFlavourThanTheSocketsIsRefused() {
    assertThatThrownBy(() -> job(Given.WITH_SOCKET, "vision", "metrics: {flavour: prometheus}"))
        .isInstanceOf(PodTemplateException.class)
        .hasMessage(
            "spec.metrics.flavour is prometheus, but the operator sends the metrics of namespace \"vision\" to a socket of Datadog's agent, %s: leave flavour out, or name a host:port as spec.metrics.statsd.",
            OURS);
  }

  /** By our volume's name, or by our folder, an author would reach it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "spec: {volumes: [{name: batchapi-statsd, hostPath: {path: /}}]}",
        "spec: {containers: [{name: handler, volumeMounts: [{name: batchapi-statsd, mountPath: /dd}]}]}",
        "spec: {initContainers: [{name: i, volumeMounts: [{name: batchapi-statsd, mountPath: /dd}]}]}",
        "spec: {containers: [{name: worker, volumeMounts: [{name: x, mountPath: /dd}]}]}"
      })
  void anAuthorsTemplateDoesNotReachTheVolume(String template) {
    var fields = "template: {%s}".formatted(template);

    assertThatThrownBy(() -> job(Given.WITH_SOCKET, "vision", fields))
        .isInstanceOf(PodTemplateException.class);
  }

  @ParameterizedTest
  @CsvSource({"baseline", "restricted"})
  void whatTheApiServerEnforcesForbidsTheNodesFolder(String level) {
    var labels = Map.of("pod-security.kubernetes.io/enforce", level);
    var required = RequiredLevel.in("vision", labels, PodSecurityLevel.PRIVILEGED);

    assertThatThrownBy(() -> PodSecurity.check(required, job(Given.WITH_SOCKET, "vision", "")))
        .isInstanceOf(PodTemplateException.class)
        .hasMessage(
            "The Pod Security Standard \"%s\", which namespace \"vision\" enforces by its label pod-security.kubernetes.io/enforce, does not allow the node's folder /var/run/datadog (hostPath) that metrics need on their way to %s. Whoever administers the cluster can set the operator's BATCHAPI_STATSD_VOLUME to csi, with Datadog's CSI driver, or name a host:port for the namespace in BATCHAPI_STATSD_BY_NAMESPACE; an author can name one as spec.metrics.statsd.",
            level, OURS);
    assertThatCode(() -> PodSecurity.check(required, job(Given.withSocket("csi"), "vision", "")))
        .doesNotThrowAnyException();
    assertThatCode(
            () ->
                PodSecurity.check(
                    required,
                    job(Given.WITH_SOCKET, "vision", "metrics: {statsd: \"agent:8125\"}")))
        .doesNotThrowAnyException();
  }

  /** What the operator asks for is what authors must keep; the folder is not theirs. */
  @Test
  void whatTheOperatorAsksForStillHoldsForAuthors() {
    var required = RequiredLevel.in("vision", Map.of(), PodSecurityLevel.RESTRICTED);
    var theirs = "template: {spec: {volumes: [{name: node, hostPath: {path: /}}]}}";

    assertThatCode(() -> PodSecurity.check(required, job(Given.WITH_SOCKET, "vision", "")))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> PodSecurity.check(required, job(Given.WITH_SOCKET, "vision", theirs)))
        .isInstanceOf(PodTemplateException.class)
        .hasMessageContaining("hostPath");
  }
}
