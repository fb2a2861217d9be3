package dev.batchapi.data.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Files of this machine: a laptop's disk, or a pod's volumes. */
final class LocalStore implements Store {
  private final Places places;

  LocalStore(Path base) {
    this(Places.below(base));
  }

  LocalStore(Places places) {
    this.places = places;
  }

  @Override
  public void list(String prefix, Consumer<StoredFile> visitor) {
    list(prefix, Integer.MAX_VALUE, visitor);
  }

  @Override
  public void list(String prefix, int folders, Consumer<StoredFile> visitor) {
    var folder = prefix.substring(0, prefix.lastIndexOf('/') + 1);
    var top = places.of(folder);
    try {
      if (Files.exists(top)) {
        places.follow(folder, top);
      }
      Files.walkFileTree(
          top,
          EnumSet.of(FileVisitOption.FOLLOW_LINKS),
          folders,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes)
                throws IOException {
              if (!isWanted(dir)) {
                return FileVisitResult.SKIP_SUBTREE;
              }
              followLink(dir);
              return FileVisitResult.CONTINUE;
            }

            // Asked of links alone: a path is slow to be resolved.
            private void followLink(Path file) throws IOException {
              if (!file.equals(top) && Files.isSymbolicLink(file)) {
                places.follow(folder + top.relativize(file), file);
              }
            }

            // The folders ..data and ..2026_… of a volume in Kubernetes have its files again.
            private boolean isWanted(Path file) {
              if (file.equals(top)) {
                return true;
              }
              var url = folder + top.relativize(file);
              return !file.getFileName().toString().startsWith("..")
                  && (url.startsWith(prefix) || prefix.startsWith(url));
            }

            // What went while we looked isn't there; what we can't look into is named.
            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              if (e instanceof NoSuchFileException || !isWanted(file)) {
                return FileVisitResult.CONTINUE;
              }
              if (e instanceof AccessDeniedException) {
                throw failed(folder + top.relativize(file), e);
              }
              throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e)
                throws IOException {
              if (e != null && !(e instanceof NoSuchFileException)) {
                throw e;
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              var url = folder + top.relativize(file);
              if (attributes.isRegularFile() && url.startsWith(prefix)) {
                followLink(file);
                visitor.accept(stored(url, attributes));
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw failed(prefix, e);
    }
  }

  @Override
  public String address(String url) {
    if (url.startsWith("/")) {
      return url;
    }
    var whole = places.of(url).toAbsolutePath();
    var brief = whole.normalize();
    try {
      // What stands before a .. may be a link: the shorter path would lead elsewhere.
      return (Files.isSameFile(whole, brief) ? brief : whole).toString();
    } catch (IOException e) {
      return whole.toString();
    }
  }

  @Override
  public @Nullable StoredFile find(String url) {
    try {
      var file = places.of(url);
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      places.follow(url, file);
      return attributes.isRegularFile() ? stored(url, attributes) : null;
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw failed(url, e);
    }
  }

  @Override
  public InputStream open(StoredFile file, long offset, long length) {
    check(file);
    try {
      return new Exactly(places.open(file.url(), places.of(file.url()), offset), file, length);
    } catch (IOException e) {
      throw failed(file.url(), e);
    }
  }

  @Override
  public Upload create(String url) {
    return LocalUpload.of(url, places);
  }

  @Override
  public void delete(String url) {
    try {
      var file = places.of(url);
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        places.delete(url, file);
      }
    } catch (DirectoryNotEmptyException e) {
      // Somebody else's files are in it.
    } catch (IOException e) {
      throw LocalUpload.failed(url, "removed", e);
    }
  }

  @Override
  public void tidy(String folder) {
    var place = places.of(folder);
    if (!Files.isDirectory(place)) {
      return;
    }
    try (var left = Files.newDirectoryStream(place, LocalUpload::isLeft)) {
      places.follow(folder, place);
      for (var file : left) {
        places.delete(file.toString(), file);
      }
    } catch (IOException e) {
      throw LocalUpload.failed(folder, "tidied", e);
    }
  }

  private void check(StoredFile file) {
    var now = find(file.url());
    if (now == null) {
      throw new FileChangedException(file, "gone");
    }
    if (!now.equals(file)) {
      throw new FileChangedException(file, "another version");
    }
  }

  private static StoredFile stored(String url, BasicFileAttributes attributes) {
    return new StoredFile(
        url, attributes.size(), attributes.lastModifiedTime().toInstant().toString());
  }

  private RuntimeException failed(String url, IOException e) {
    if (e instanceof AccessDeniedException
        || (Files.exists(places.of(url)) && !Files.isReadable(places.of(url)))) {
      return new StoreRefusedException(
          "%s can't be read: user %s has no permission."
              .formatted(url, System.getProperty("user.name")),
          e);
    }
    if (e instanceof FileSystemLoopException) {
      return new StoreRefusedException(
          "%s can't be listed: the link %s leads back to a folder that it is in."
              .formatted(url, e.getMessage()),
          e);
    }
    return new StoreUnavailableException("%s can't be read: %s".formatted(url, e.getMessage()), e);
  }

  /** A part of a file; if the file changed meanwhile, its end says so. */
  private final class Exactly extends InputStream {
    private final InputStream in;
    private final StoredFile file;
    private long left;

    Exactly(InputStream in, StoredFile file, long length) {
      this.in = in;
      this.file = file;
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (left == 0) {
        return -1;
      }
      var n = in.read(into, offset, (int) Math.min(length, left));
      if (n < 0) {
        throw new FileChangedException(file, "shorter");
      }
      left -= n;
      if (left == 0) {
        check(file);
      }
      return n;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
