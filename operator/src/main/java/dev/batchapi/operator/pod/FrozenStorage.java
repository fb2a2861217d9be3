package dev.batchapi.operator.pod;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.batchapi.crds.Storage;
import dev.batchapi.crds.StorageVolume;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a job's pods have of the BatchAPI's storage beside the Secret's variables.
 *
 * @param serviceAccountName whom they run as for a cloud; null: as the template says
 * @param volumes in all of their containers
 * @param roots folders in which a job may name files: those of {@code storage.paths} that lie in a
 *     volume, or all volumes
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FrozenStorage(
    @Nullable String serviceAccountName,
    @JsonProperty(required = true) List<StorageVolume> volumes,
    @JsonProperty(required = true) List<String> roots) {
  public FrozenStorage {
    volumes = List.copyOf(volumes);
    roots = List.copyOf(roots);
  }

  /** Null if there is nothing of it. */
  public static @Nullable FrozenStorage of(@Nullable Storage storage) {
    if (storage == null) {
      return null;
    }
    var volumes = Objects.requireNonNullElse(storage.volumes(), List.<StorageVolume>of());
    return volumes.isEmpty() && storage.serviceAccountName() == null
        ? null
        : new FrozenStorage(storage.serviceAccountName(), volumes, roots(volumes, storage.paths()));
  }

  /** The folder that is in the other one. */
  private static Optional<String> common(String one, String other) {
    return one.startsWith(other)
        ? Optional.of(one)
        : Optional.of(other).filter(o -> o.startsWith(one));
  }

  private static List<String> roots(List<StorageVolume> volumes, @Nullable List<String> paths) {
    var mounts = volumes.stream().map(StorageVolume::mountPath).toList();
    return paths == null
        ? mounts
        : paths.stream()
            .filter(path -> !path.contains(":")) // stands between them in a variable
            .flatMap(path -> mounts.stream().flatMap(mount -> common(path, mount + "/").stream()))
            .map(path -> path.replaceAll("/+$", ""))
            .distinct()
            .toList();
  }
}
