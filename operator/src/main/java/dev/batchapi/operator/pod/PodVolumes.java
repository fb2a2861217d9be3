package dev.batchapi.operator.pod;

import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;

/** The volumes of a worker's pod. What a container does not need is not mounted into it. */
final class PodVolumes {
  /** The author's volumes have other names. */
  static final String RESERVED = "batchapi-";

  /** The handler's own; the author may mount another volume there. */
  static final String TMP = RESERVED + "tmp";

  private static final String SOCKET = RESERVED + "socket";
  private static final String RUN = RESERVED + "run";
  private static final String CREDENTIALS = RESERVED + "credentials";
  private static final String WORKER_TMP = RESERVED + "worker-tmp";
  private static final String CODE = RESERVED + "code";
  private static final String HOST = RESERVED + "host";

  /** Whoever the containers run as, an image may say, or the platform. */
  private static final int READABLE_BY_ALL = 0444;

  private PodVolumes() {}

  static List<Volume> of(FrozenJob job) {
    var volumes = new ArrayList<Volume>();
    volumes.add(folder(SOCKET));
    volumes.add(files(RUN, Names.run(job.name(), job.uid()), FrozenObjects.RUN_FILE));
    volumes.add(
        new VolumeBuilder()
            .withName(CREDENTIALS)
            .withNewSecret()
            .withSecretName(Names.credentials(job.name(), job.uid()))
            .withDefaultMode(READABLE_BY_ALL)
            .endSecret()
            .build());
    volumes.add(folder(WORKER_TMP));
    var code = job.pod().code();
    volumes.add(code == null ? folder(CODE) : files(CODE, code));
    var host = job.pod().pythonHost();
    if (host != null) {
      volumes.add(files(HOST, host));
    }
    return volumes;
  }

  static List<VolumeMount> ofWorker() {
    return List.of(
        mount(SOCKET, PodFiles.SOCKET_FOLDER, false),
        mount(RUN, PodFiles.RUN_FOLDER, true),
        // As a folder, so that credentials that are made anew arrive in pods that run.
        mount(CREDENTIALS, PodFiles.CREDENTIALS_FOLDER, true),
        mount(WORKER_TMP, PodFiles.TMP, false));
  }

  static List<VolumeMount> ofHandler(PodPlan plan) {
    var mounts = new ArrayList<VolumeMount>();
    mounts.add(mount(SOCKET, PodFiles.SOCKET_FOLDER, false));
    mounts.add(mount(CODE, PodFiles.CODE_FOLDER, true));
    if (plan.pythonHost() != null) {
      mounts.add(mount(HOST, PodFiles.HOST_FOLDER, true));
    }
    return mounts;
  }

  static Volume folder(String name) {
    return new VolumeBuilder().withName(name).withNewEmptyDir().endEmptyDir().build();
  }

  static VolumeMount mount(String volume, String folder, boolean readOnly) {
    return new VolumeMountBuilder()
        .withName(volume)
        .withMountPath(folder)
        .withReadOnly(readOnly ? true : null)
        .build();
  }

  private static Volume files(String name, String configMap) {
    return new VolumeBuilder()
        .withName(name)
        .withNewConfigMap()
        .withName(configMap)
        .withDefaultMode(READABLE_BY_ALL)
        .endConfigMap()
        .build();
  }

  private static Volume files(String name, String configMap, String onlyFile) {
    return new VolumeBuilder()
        .withName(name)
        .withNewConfigMap()
        .withName(configMap)
        .withDefaultMode(READABLE_BY_ALL)
        .addNewItem(onlyFile, null, onlyFile)
        .endConfigMap()
        .build();
  }
}
