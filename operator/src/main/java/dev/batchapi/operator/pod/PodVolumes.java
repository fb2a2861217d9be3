package dev.batchapi.operator.pod;

import dev.batchapi.contract.PodFiles;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;

/**
 * The volumes of a worker's pod. What a container does not need is not mounted into it. Roots are
 * read-only, so the size limits of the folders bound what a pod writes to its node's disk, but for
 * logs, which kubelet rotates. A limit of ephemeral-storage for the containers would be a request
 * of it too, and keep jobs out of queues, such as Kueue's, that do not share out that resource.
 */
final class PodVolumes {
  /** The author's volumes have other names. */
  static final String RESERVED = "batchapi-";

  /** The handler's own; the author may mount another volume there. */
  static final String TMP = RESERVED + "tmp";

  private static final String SOCKET = RESERVED + "socket";
  private static final String RUN = RESERVED + "run";
  private static final String CREDENTIALS = RESERVED + "credentials";
  private static final String WORKER_TMP = RESERVED + "worker-tmp";
  private static final String FROZEN_CODE = RESERVED + "frozen-code";
  private static final String FROZEN_HOST = RESERVED + "frozen-host";

  /** The node's metrics socket, in the folder that the operator's settings name. */
  static final String STATSD = RESERVED + "statsd";

  private static final String CSI_DRIVER = "k8s.csi.datadoghq.com";

  private static final String CODE = RESERVED + "code";
  private static final String HOST = RESERVED + "host";

  /** Whoever the containers run as, an image may say, or the platform. */
  private static final int READABLE_BY_ALL = 0444;

  /** Sockets take no room; a ConfigMap holds 1 MiB; Python may write byte code beside it. */
  private static final String SMALL = "1Mi";

  private static final String COPIES = "8Mi";
  private static final String WORKER_TMP_SIZE = "16Mi";

  /** A result of 64 MiB, and what its items returned that were tried again, more than once. */
  static final String LARGE_RESULTS_SIZE = "256Mi";

  private PodVolumes() {}

  static List<Volume> of(FrozenJob job) {
    var volumes = new ArrayList<Volume>();
    volumes.add(folder(SOCKET, SMALL));
    volumes.add(files(RUN, Names.run(job.id(), job.digest()), PodFiles.RUN_FILE));
    volumes.add(
        new VolumeBuilder()
            .withName(CREDENTIALS)
            .withNewSecret()
            .withSecretName(Names.credentials(job.name(), job.uid()))
            .withDefaultMode(READABLE_BY_ALL)
            .endSecret()
            .build());
    volumes.add(
        folder(WORKER_TMP, job.pod().output() == null ? WORKER_TMP_SIZE : LARGE_RESULTS_SIZE));
    var code = job.pod().code();
    if (code != null) {
      volumes.add(files(FROZEN_CODE, code.configMap()));
    }
    volumes.add(folder(CODE, COPIES));
    var host = job.pod().pythonHost();
    if (host != null) {
      volumes.add(files(FROZEN_HOST, host.configMap()));
      volumes.add(folder(HOST, COPIES));
    }
    var socket = job.pod().statsdSocket();
    if (socket != null) {
      volumes.add(statsd(socket));
    }
    volumes.addAll(StorageMounts.volumes(job.pod().storage(), job.pod().speaksToStores()));
    return volumes;
  }

  private static Volume statsd(StatsdSocket socket) {
    var volume = new VolumeBuilder().withName(STATSD);
    return switch (socket.volume()) {
      // A node whose agent is not there yet must not keep a worker from starting.
      case HOST_PATH ->
          volume
              .withNewHostPath()
              .withPath(socket.folder())
              .withType("DirectoryOrCreate")
              .endHostPath()
              .build();
      case CSI ->
          volume
              .withNewCsi()
              .withDriver(CSI_DRIVER)
              .withReadOnly(true)
              .addToVolumeAttributes("type", "DSDSocketDirectory")
              .endCsi()
              .build();
    };
  }

  static List<VolumeMount> ofWorker(PodPlan plan) {
    var mounts = new ArrayList<VolumeMount>();
    mounts.add(mount(SOCKET, PodFiles.SOCKET_FOLDER, false));
    mounts.add(mount(RUN, PodFiles.RUN_FOLDER, true));
    // As a folder, so that credentials that are made anew arrive in pods that run.
    mounts.add(mount(CREDENTIALS, PodFiles.CREDENTIALS_FOLDER, true));
    mounts.add(mount(WORKER_TMP, PodFiles.TMP, false));
    mounts.addAll(frozen(plan));
    if (plan.statsdSocket() != null) {
      mounts.add(mount(STATSD, PodFiles.STATSD_FOLDER, true));
    }
    mounts.addAll(StorageMounts.ofOurs(plan.storage(), plan.speaksToStores()));
    return mounts;
  }

  static List<VolumeMount> ofHandler(PodPlan plan) {
    var mounts = new ArrayList<VolumeMount>();
    mounts.add(mount(SOCKET, PodFiles.SOCKET_FOLDER, false));
    mounts.addAll(frozen(plan));
    mounts.add(mount(CODE, PodFiles.CODE_FOLDER, false));
    if (plan.pythonHost() != null) {
      mounts.add(mount(HOST, PodFiles.HOST_FOLDER, false));
    }
    mounts.addAll(StorageMounts.ofHandler(plan.storage()));
    return mounts;
  }

  private static List<VolumeMount> frozen(PodPlan plan) {
    var mounts = new ArrayList<VolumeMount>();
    if (plan.code() != null) {
      mounts.add(mount(FROZEN_CODE, PodFiles.FROZEN_CODE_FOLDER, true));
    }
    if (plan.pythonHost() != null) {
      mounts.add(mount(FROZEN_HOST, PodFiles.FROZEN_HOST_FOLDER, true));
    }
    return mounts;
  }

  /**
   * An empty folder.
   *
   * @param size what it may hold, as a Kubernetes quantity: else it could fill the node's disk
   */
  static Volume folder(String name, String size) {
    return new VolumeBuilder()
        .withName(name)
        .withNewEmptyDir()
        .withSizeLimit(new Quantity(size))
        .endEmptyDir()
        .build();
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

  static Volume files(String name, String configMap, String onlyFile) {
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
