package dev.batchapi.data.store;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;

/** A file beside the one that it will be, under another name until it is on the disk. */
final class LocalUpload extends Upload {
  private static final String PART = ".part";
  private static final Pattern LEFT = Pattern.compile("\\..+\\.[0-9a-f-]{36}\\.part");

  private final String url;
  private final Path target;
  private final Path temporary;
  private final FileOutputStream out;

  private LocalUpload(String url, Path target, Path temporary, FileOutputStream out) {
    this.url = url;
    this.target = target;
    this.temporary = temporary;
    this.out = out;
  }

  static LocalUpload of(String url, Places places) {
    var target = places.of(url);
    try {
      var folder = folder(target);
      places.follow(url, firstThatIsThere(folder));
      places.make(folder);
      places.follow(url, folder);
      // Not the JDK's temporary files: only their owner could read them.
      var temporary =
          folder.resolve(".%s.%s%s".formatted(target.getFileName(), UUID.randomUUID(), PART));
      return new LocalUpload(url, target, temporary, new FileOutputStream(temporary.toFile()));
    } catch (IOException e) {
      throw failed(url, "written", e);
    }
  }

  private static Path firstThatIsThere(Path folder) {
    var at = folder;
    while (!Files.exists(at) && at.getParent() != null) {
      at = at.getParent();
    }
    return at;
  }

  /** The folder that a file is in. */
  static Path folder(Path file) {
    return Objects.requireNonNullElse(file.toAbsolutePath().getParent(), file);
  }

  /** Whether it is what an upload leaves that is killed. */
  static boolean isLeft(Path file) {
    return LEFT.matcher(file.getFileName().toString()).matches();
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw failed(url, "written", e);
    }
  }

  @Override
  public boolean commit() {
    try {
      out.getFD().sync();
      out.close();
      link();
      syncFolder();
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      throw failed(url, "written", e);
    }
  }

  private void link() throws IOException {
    try {
      Files.createLink(target, temporary);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      // A file system without links; it looks first, which two at the same moment can outwit.
      Files.move(temporary, target);
    }
  }

  private void syncFolder() throws IOException {
    try (var folder = FileChannel.open(folder(target), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  @Override
  public void close() {
    try {
      out.close();
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      throw failed(url, "removed", e);
    }
  }

  static RuntimeException failed(String url, String what, IOException e) {
    if (e instanceof AccessDeniedException) {
      return new StoreRefusedException(
          "%s can't be %s: user %s has no permission."
              .formatted(url, what, System.getProperty("user.name")),
          e);
    }
    if (e instanceof FileAlreadyExistsException || e instanceof NoSuchFileException) {
      return new StoreRefusedException(
          "%s can't be %s: %s is no folder.".formatted(url, what, e.getMessage()), e);
    }
    var reason = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
    return reason != null && reason.contains("Read-only")
        ? new StoreRefusedException("%s can't be %s: %s.".formatted(url, what, reason), e)
        : new StoreUnavailableException("%s can't be %s: %s.".formatted(url, what, reason), e);
  }
}
