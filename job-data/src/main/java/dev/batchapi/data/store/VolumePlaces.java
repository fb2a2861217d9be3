package dev.batchapi.data.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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
  private final List<Path> mounts;

  /**
   * Folders, the inner ones of those within others first, and where the volumes are mounted, the
   * outer ones first: what is mounted in a volume has a place that others write to.
   */
  private VolumePlaces(List<Path> roots, List<Path> mounts) {
    this.roots =
        roots.stream().sorted(Comparator.comparingInt(Path::getNameCount).reversed()).toList();
    this.mounts = mounts.stream().sorted(Comparator.comparingInt(Path::getNameCount)).toList();
  }

  /**
   * From variables of the pod.
   *
   * @param folders absolute paths with a colon between them; empty: there are none
   * @param mounts the same of the folders that the volumes are mounted at; those that lie in none
   *     are mounted themselves
   */
  static VolumePlaces in(String folders, String mounts) {
    return new VolumePlaces(paths(folders), paths(mounts));
  }

  private static List<Path> paths(String folders) {
    return Arrays.stream(folders.split(":")).filter(f -> !f.isEmpty()).map(Path::of).toList();
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
    var root = root(url, Path.of(url));
    var mount = mount(root);
    if (root.startsWith(file) && file.startsWith(mount)) {
      // The folder that jobs may write to is not made yet: this one is above it.
      if (!file.toRealPath().equals(mount.toRealPath().resolve(mount.relativize(file)))) {
        throw leadsOut(url, root);
      }
    } else {
      real(url, file);
    }
  }

  private static StoreRefusedException leadsOut(String url, Path root) {
    return new StoreRefusedException(
        "%s leads out of %s by a link: links may only lead within it.".formatted(url, root));
  }

  private Path real(String url, Path file) throws IOException {
    var root = root(url, file);
    var mount = mount(root);
    var real = file.toRealPath();
    // Whoever writes to the volume may put a link in the place of the folder itself.
    if (!real.startsWith(mount.toRealPath().resolve(mount.relativize(root)))) {
      throw leadsOut(url, root);
    }
    return real;
  }

  /** What lies above a mount point is of the image, and no handler writes to it. */
  private Path mount(Path root) {
    return mounts.stream().filter(root::startsWith).findFirst().orElse(root);
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
    return new UninterruptedReading(() -> channel(url, real(url, file)), offset);
  }

  /** Of a file that was looked at. */
  SeekableByteChannel channel(String url, Path real) throws IOException {
    return within(
        url,
        LocalUpload.folder(real),
        folder ->
            folder.newByteChannel(
                real.getFileName(), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)));
  }

  @Override
  public void delete(String url, Path file) throws IOException {
    try {
      delete(url, real(url, LocalUpload.folder(file)), file.getFileName());
    } catch (NoSuchFileException e) {
      // Another one was faster.
    }
  }

  /** In a folder that was looked at. */
  void delete(String url, Path real, Path name) throws IOException {
    within(
        url,
        real,
        folder -> {
          var view =
              folder.getFileAttributeView(
                  name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
          if (view.readAttributes().isDirectory()) {
            folder.deleteDirectory(name);
          } else {
            folder.deleteFile(name);
          }
          return name;
        });
  }

  /** Something done in a folder that no link can take the place of any more. */
  private interface Use<T> {
    T in(SecureDirectoryStream<Path> folder) throws IOException;
  }

  /**
   * Opens a folder step by step from the mount point on, so that nobody can put a link in the place
   * of one of them in the meantime.
   */
  private <T> T within(String url, Path real, Use<T> use) throws IOException {
    var mount = mount(root(url, Path.of(url))).toRealPath();
    var names = new ArrayList<Path>();
    for (var at = real; !at.equals(mount); at = LocalUpload.folder(at)) {
      if (!at.startsWith(mount)) {
        throw new IOException("%s was moved".formatted(mount));
      }
      names.addFirst(at.getFileName());
    }
    try (var top = Files.newDirectoryStream(mount)) {
      return within(secure(top), names, use);
    }
  }

  private static <T> T within(SecureDirectoryStream<Path> at, List<Path> names, Use<T> use)
      throws IOException {
    if (names.isEmpty()) {
      return use.in(at);
    }
    try (var next = at.newDirectoryStream(names.getFirst(), LinkOption.NOFOLLOW_LINKS)) {
      return within(next, names.subList(1, names.size()), use);
    }
  }

  private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> folder) {
    if (folder instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    throw new IllegalStateException("volumes are read on Linux");
  }
}
