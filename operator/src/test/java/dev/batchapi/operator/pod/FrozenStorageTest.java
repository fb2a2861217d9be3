package dev.batchapi.operator.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.crds.Storage;
import dev.batchapi.crds.StorageVolume;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FrozenStorageTest {
  private static final StorageVolume DATA =
      new StorageVolume(
          "data", "/data", null, new StorageVolume.Source(new StorageVolume.Claim("photos")));

  private static List<String> roots(@Nullable List<String> paths) {
    var storage = new Storage(null, null, List.of(DATA), paths);
    return Objects.requireNonNull(FrozenStorage.of(storage)).roots();
  }

  /** So that no link leads from a folder that is allowed into one that isn't. */
  @Test
  void filesMayBeNamedInTheFoldersThatLieInVolumes() {
    assertThat(roots(null)).containsExactly("/data");
    assertThat(roots(List.of("s3://photos/", "/data/in/", "/data/out/")))
        .containsExactly("/data/in", "/data/out");
    assertThat(roots(List.of("s3://photos/"))).isEmpty();
    assertThat(roots(List.of("/"))).containsExactly("/data");
    assertThat(roots(List.of("/database/", "data/", "/data/a:/etc/"))).isEmpty();
  }

  @Test
  void aPodHasOneServiceAccount() {
    assertThatThrownBy(
            () ->
                Given.jobWith(
                    """
                    storage: {serviceAccountName: tagger}
                    template: {spec: {serviceAccountName: other}}
                    """))
        .isInstanceOf(PodTemplateException.class)
        .hasMessage(
            "spec.template.spec.serviceAccountName is \"other\" and spec.storage.serviceAccountName is \"tagger\", and a pod has one: leave one of them out.");
  }

  @Test
  void nothingElseIsMountedWhereAVolumeIs() {
    assertThatThrownBy(
            () ->
                Given.jobWith(
                    """
                    storage: {volumes: [{name: data, mountPath: /data, source: {persistentVolumeClaim: {claimName: c}}}]}
                    template:
                      spec:
                        volumes: [{name: mine, emptyDir: {}}]
                        containers: [{name: handler, volumeMounts: [{name: mine, mountPath: /data/}]}]
                    """))
        .isInstanceOf(PodTemplateException.class)
        .hasMessageContaining("\"/data\", where volume \"data\" of spec.storage is");
  }

  /** Without files its worker asks no store for anything. */
  @Test
  void aWorkerThatSpeaksToNoStoreGetsNoToken() {
    var job = WorkerJobs.of(Given.jobWith("storage: {serviceAccountName: tagger}"), 0, 0, 0, 0);
    var pod = job.getSpec().getTemplate().getSpec();
    assertThat(pod.getServiceAccountName()).isEqualTo("tagger");
    assertThat(pod.getVolumes()).extracting("name").doesNotContain("batchapi-identity");
    assertThat(pod.getContainers())
        .allSatisfy(
            container ->
                assertThat(container.getVolumeMounts())
                    .extracting("mountPath")
                    .doesNotContain("/batchapi/identity"));
  }
}
