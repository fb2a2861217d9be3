package dev.batchapi.operator.pod;

import dev.batchapi.contract.PodFiles;
import dev.batchapi.contract.WorkerVariable;
import dev.batchapi.crds.StorageVolume;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.api.model.VolumeProjectionBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Volumes and identity of a BatchAPI's storage, in the pods of workers, splitter and collector. */
final class StorageMounts {
  private static final String DATA = PodVolumes.RESERVED + "data-";
  private static final String IDENTITY = PodVolumes.RESERVED + "identity";

  /** Kubelet makes them anew when four fifths of it are over. */
  private static final long TOKEN_SECONDS = 3600;

  /** Whom each token is for: no other service takes it, nor does the API server. */
  private static final Map<String, String> AUDIENCES =
      new TreeMap<>(
          Map.of(
              PodFiles.AWS_TOKEN, "sts.amazonaws.com",
              PodFiles.AZURE_TOKEN, "api://AzureADTokenExchange",
              PodFiles.GOOGLE_TOKEN, "batchapi.dev"));

  private StorageMounts() {}

  /**
   * The volumes of a pod.
   *
   * @param speaks whether one of its containers speaks to stores
   */
  static List<Volume> volumes(@Nullable FrozenStorage storage, boolean speaks) {
    var volumes = new ArrayList<Volume>();
    if (storage == null) {
      return volumes;
    }
    for (var volume : storage.volumes()) {
      volumes.add(
          new VolumeBuilder()
              .withName(DATA + volume.name())
              .withNewPersistentVolumeClaim()
              .withClaimName(volume.source().persistentVolumeClaim().claimName())
              .withReadOnly(volume.readOnly())
              .endPersistentVolumeClaim()
              .build());
    }
    if (speaks && storage.serviceAccountName() != null) {
      volumes.add(
          new VolumeBuilder()
              .withName(IDENTITY)
              .withNewProjected()
              .withSources(
                  AUDIENCES.entrySet().stream().map(e -> token(e.getKey(), e.getValue())).toList())
              .endProjected()
              .build());
    }
    return volumes;
  }

  private static VolumeProjection token(String file, String audience) {
    return new VolumeProjectionBuilder()
        .withNewServiceAccountToken()
        .withPath(file)
        .withAudience(audience)
        .withExpirationSeconds(TOKEN_SECONDS)
        .endServiceAccountToken()
        .build();
  }

  /** Of a container of the author's. */
  static List<VolumeMount> ofHandler(@Nullable FrozenStorage storage) {
    return storage == null
        ? List.of()
        : storage.volumes().stream()
            .map(
                volume ->
                    PodVolumes.mount(
                        DATA + volume.name(),
                        volume.mountPath(),
                        Boolean.TRUE.equals(volume.readOnly())))
            .toList();
  }

  /**
   * Of a container of ours.
   *
   * @param speaks whether it speaks to stores
   */
  static List<VolumeMount> ofOurs(@Nullable FrozenStorage storage, boolean speaks) {
    var mounts = new ArrayList<>(ofHandler(storage));
    if (speaks && storage != null && storage.serviceAccountName() != null) {
      mounts.add(PodVolumes.mount(IDENTITY, PodFiles.IDENTITY_FOLDER, true));
    }
    return mounts;
  }

  /** Variables of a container of ours. */
  static List<EnvVar> environment(@Nullable FrozenStorage storage, boolean speaks) {
    var env = new ArrayList<EnvVar>();
    if (storage != null && !storage.roots().isEmpty()) {
      env.add(new EnvVar(WorkerVariable.VOLUMES, String.join(":", storage.roots()), null));
      var mounts = storage.volumes().stream().map(StorageVolume::mountPath).toList();
      env.add(new EnvVar(WorkerVariable.MOUNTS, String.join(":", mounts), null));
    }
    if (speaks && storage != null && storage.serviceAccountName() != null) {
      env.add(new EnvVar(WorkerVariable.IDENTITY, PodFiles.IDENTITY_FOLDER, null));
    }
    return env;
  }
}
