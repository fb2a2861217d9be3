package dev.batchapi.operator.job.accept;

import dev.batchapi.crds.BatchApi;
import dev.batchapi.crds.StorageVolume;
import dev.batchapi.data.split.Folders;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Where the volumes of a BatchAPI are mounted: paths lie in them, or nowhere. */
record Mounts(String api, List<StorageVolume> volumes) {

  static Mounts of(BatchApi api) {
    var storage = api.getSpec().storage();
    return new Mounts(
        api.getMetadata().getName(),
        storage == null
            ? List.of()
            : Objects.requireNonNullElse(storage.volumes(), List.<StorageVolume>of()));
  }

  /**
   * What is wrong with a path, as far as it says it itself, for people; nothing with a URL.
   *
   * @param path of files, with a pattern or without, or of an output
   * @param writes whether it is to be written to
   */
  Optional<String> problem(String path, boolean writes) {
    if (path.contains("://")) {
      return Optional.empty();
    }
    if (volumes.isEmpty()) {
      return Optional.of(
          "\"%s\" is a path, and BatchAPI \"%s\" mounts no volume (spec.storage.volumes): put the file into an object store, and name it with s3://, gs://, az:// or https://, or ask its author for a volume."
              .formatted(path, api));
    }
    // Of mounts within each other the inner one counts.
    var mount =
        volumes.stream()
            .filter(volume -> Folders.lies(path, volume.mountPath() + "/"))
            .reduce((a, b) -> a.mountPath().length() > b.mountPath().length() ? a : b);
    if (mount.isEmpty()) {
      return Optional.of(
          "\"%s\" does not lie in a volume of BatchAPI \"%s\": name files there by their whole path, below %s."
              .formatted(
                  path,
                  api,
                  volumes.stream()
                      .map(StorageVolume::mountPath)
                      .collect(Collectors.joining(", "))));
    }
    return writes && Boolean.TRUE.equals(mount.get().readOnly())
        ? Optional.of(
            "\"%s\" lies in volume \"%s\" of BatchAPI \"%s\", which is read-only: name a folder that can be written to."
                .formatted(path, mount.get().name(), api))
        : Optional.empty();
  }
}
