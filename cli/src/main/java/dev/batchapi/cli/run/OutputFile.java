package dev.batchapi.cli.run;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A file that is written beside its place and moved there when it is complete: what stood there
 * before is replaced as a whole or not at all. What is no regular file, such as /dev/stdout, is
 * written to as it is.
 */
final class OutputFile implements LineSink, AutoCloseable {
  private static final long PID = ProcessHandle.current().pid();

  private final String option;
  private final Path place;
  private final Path written;
  private final OutputStream out;
  private boolean complete;
  private boolean told;

  /**
   * Opens it, before anything runs: a path that can't be written to must not cost a run.
   *
   * @param option what messages call it
   * @throws UsageException if it can't be written to
   */
  OutputFile(String option, Path place) {
    this.option = option;
    this.place = place;
    if (Files.isDirectory(place)) {
      throw new UsageException("%s %s is a folder: name a file in it.".formatted(option, place));
    }
    try {
      written =
          Files.exists(place) && !Files.isRegularFile(place)
              ? place
              : folder(place).resolve(".%s.%d.part".formatted(place.getFileName(), PID));
      out = new BufferedOutputStream(Files.newOutputStream(written), 1 << 16);
    } catch (NoSuchFileException e) {
      throw new UsageException(
          "%s %s: there is no folder %s.".formatted(option, place, folder(place)));
    } catch (AccessDeniedException e) {
      throw new UsageException("%s %s: no permission to write there.".formatted(option, place));
    } catch (IOException e) {
      throw new UsageException("%s %s can't be written to: %s.".formatted(option, place, e));
    }
  }

  private static Path folder(Path place) {
    var folder = place.toAbsolutePath().getParent();
    return folder == null ? place.toAbsolutePath() : folder;
  }

  @Override
  public void write(byte[] lines) throws IOException {
    try {
      out.write(lines);
    } catch (IOException e) {
      throw named(e);
    }
  }

  /** Whether it is written to as it is, for it is no regular file. */
  boolean isInPlace() {
    return written.equals(place);
  }

  /** Says once that there is one already, when the run begins that replaces it. */
  void tellOfReplacing() {
    if (!told && Files.isRegularFile(place)) {
      System.err.println(place + " is there already: it is replaced when the run ends.");
    }
    told = true;
  }

  /** All lines are written: the file may take its place when it is closed. */
  void complete() {
    complete = true;
  }

  @Override
  public void close() throws IOException {
    try {
      out.close();
      if (complete && !isInPlace()) {
        Files.move(written, place, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw named(e);
    } finally {
      if (!isInPlace()) {
        Files.deleteIfExists(written);
      }
    }
  }

  private IOException named(IOException e) {
    return new IOException(
        "%s %s can't be written: %s".formatted(option, place, e.getMessage()), e);
  }
}
