package dev.batchapi.data.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Files in some folders of a pod, and none beside them: a submitter names paths, and beside the
 * volumes lie the pod's own credentials. Links lead only within the folder that they are in.
 */
final class VolumePlaces implements Places {
  private static final String MODE = "unix:mode";
  private static final int ALL = 07777;
  private static final int GROUP_WRITES = 0020;

  private final List<Path> roots;

  /** Folders, the inner ones of those within others first. */
  VolumePlaces(List<Path> roots) {
    this.roots =
        roots.stream().sorted((one, other) -> other.getNameCount() - one.getNameCount()).toList();
  }

  /**
   * From a variable of the pod.
   *
   * @param folders absolute paths with a colon between them; empty: there are none
   */
  static VolumePlaces in(String folders) {
    return new VolumePlaces(
        Arrays.stream(folders.split(":")).filter(f -> !f.isEmpty()).map(Path::of).toList());
  }

  @Override
  public Path of(String url) {
    try {
      var path = Path.of(url);
      root(url, path);
      return path;
    } catch (InvalidPathException e) {
      throw new StoreRefusedException("%s is no path: %s.".formatted(url, e.getReason()), e);
    }
  }

  private Path root(String url, Path path) {
    if (roots.isEmpty()) {
      throw new StoreRefusedException(
          "%s is a path, and no volume is mounted that jobs may name files of (spec.storage.volumes and paths of the BatchAPI)."
              .formatted(url));
    }
    if (path.equals(path.normalize())) { // ".." and links together mean something else
      for (var root : roots) {
        if (path.startsWith(root)) {
          return root;
        }
      }
    }
    throw new StoreRefusedException(
        "%s does not lie in a volume that jobs may name files of: %s."
            .formatted(url, roots.stream().map(Path::toString).collect(Collectors.joining(", "))));
  }

  @Override
  public void follow(String url, Path file) throws IOException {
    real(url, file);
  }

  private Path real(String url, Path file) throws IOException {
    var root = root(url, file);
    var real = file.toRealPath();
    if (!real.startsWith(root.toRealPath())) {
      throw new StoreRefusedException(
          "%s leads out of %s by a link: links may only lead within it.".formatted(url, root));
    }
    return real;
  }

  /**
   * A worker writes to folders that a splitter makes, as another user of the same group. That a
   * file belongs to the folder's group (setgid) is to stay, which the JDK's permissions don't know.
   */
  @Override
  public void make(Path folder) throws IOException {
    var parent = folder.getParent();
    if (Files.exists(folder) || parent == null) {
      return;
    }
    make(parent);
    try {
      Files.createDirectory(folder);
    } catch (FileAlreadyExistsException e) {
      return; // another upload's
    }
    var mode = (Integer) Files.getAttribute(folder, MODE);
    Files.setAttribute(folder, MODE, (mode & ALL) | GROUP_WRITES);
  }

  @Override
  public InputStream open(String url, Path file, long offset) throws IOException {
    return new UninterruptedReading(
        () -> channel(root(url, file).toRealPath(), real(url, file)), offset);
  }

  /** Opened folder by folder, so that nobody can put a link in its place in the meantime. */
  SeekableByteChannel channel(Path root, Path file) throws IOException {
    try (var folder = Files.newDirectoryStream(root)) {
      return channel(secure(folder), root.relativize(file));
    }
  }

  private static SeekableByteChannel channel(SecureDirectoryStream<Path> folder, Path file)
      throws IOException {
    var name = file.getName(0);
    if (file.getNameCount() == 1) {
      return folder.newByteChannel(
          name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    }
    try (var next = folder.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
      return channel(next, file.subpath(1, file.getNameCount()));
    }
  }

  private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> folder) {
    if (folder instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    throw new IllegalStateException("volumes are read on Linux");
  }
}
