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

/** A file beside the one that it will be, under another name until it is on the disk. */
final class LocalUpload extends Upload {
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

  static LocalUpload of(String url, Path target) {
    try {
      var folder = target.toAbsolutePath().getParent();
      Files.createDirectories(folder);
      var temporary = Files.createTempFile(folder, "." + target.getFileName() + ".", ".part");
      return new LocalUpload(url, target, temporary, new FileOutputStream(temporary.toFile()));
    } catch (IOException e) {
      throw failed(url, "written", e);
    }
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
    try (var folder =
        FileChannel.open(target.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
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
