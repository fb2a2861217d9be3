package dev.batchapi.data.results;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Lines in files of bounded size, one after the other, each counted and with its SHA-256. There is
 * one file at least, empty if there is no line. Not thread-safe.
 */
public final class LineFiles implements ResultLines.Lines, AutoCloseable {
  /** Bytes of one file of results at most, unless a single line has more. */
  public static final long MAX_RESULT_BYTES = 256L << 20;

  private final Opener opener;
  private final IntFunction<String> names;
  private final long maxBytes;
  private final List<Manifest.File> files = new ArrayList<>();
  private @Nullable Open open;

  /** Makes a file of that name. */
  public interface Opener {
    OutputStream open(String name) throws IOException;

    /** Ends it: all its lines are written. */
    default void complete(OutputStream out, Manifest.File file) throws IOException {
      out.close();
    }
  }

  /** The file that is being written. */
  private static final class Open extends OutputStream {
    final String name;
    final OutputStream out;
    final DigestBehind digest = new DigestBehind();
    long lines;
    long bytes;

    Open(String name, OutputStream out) {
      this.name = name;
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] part, int offset, int length) throws IOException {
      out.write(part, offset, length);
      digest.update(part, offset, length);
      bytes += length;
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }

  private LineFiles(Opener opener, IntFunction<String> names, long maxBytes) {
    this.opener = opener;
    this.names = names;
    this.maxBytes = maxBytes;
  }

  /** The results: {@code results-00000.jsonl} and what follows. */
  public static LineFiles results(Opener opener, long maxBytes) {
    return new LineFiles(
        opener, n -> String.format(Locale.ROOT, "results-%05d.jsonl", n), maxBytes);
  }

  /** The failed batches: {@code errors.jsonl}, whatever their size. */
  public static LineFiles errors(Opener opener) {
    return new LineFiles(opener, n -> "errors.jsonl", Long.MAX_VALUE);
  }

  /** Whether it is the name of a file that some job's results stand in. */
  public static boolean isName(String name) {
    return name.matches("results-\\d{5,}\\.jsonl|errors\\.jsonl") || name.equals(Manifest.NAME);
  }

  @Override
  public void add(byte[] line) throws IOException {
    write(line);
  }

  /** Appends one line, its end included. */
  public void write(byte[] line) throws IOException {
    var file = withRoomFor(line.length);
    file.write(line, 0, line.length);
    file.lines++;
  }

  @Override
  public void add(LargeLine line) throws IOException {
    var file = withRoomFor(line.size());
    line.to(file);
    file.lines++;
  }

  private Open withRoomFor(long bytes) throws IOException {
    var file = opened();
    if (file.bytes > 0 && file.bytes + bytes > maxBytes) {
      end();
      file = opened();
    }
    return file;
  }

  /** How many are whole. */
  public int ended() {
    return files.size();
  }

  /** Bytes in all of them, that which is being written included. */
  public long bytes() {
    var whole = files.stream().mapToLong(Manifest.File::bytes).sum();
    return whole + (open == null ? 0 : open.bytes);
  }

  /** Ends the last file. */
  public List<Manifest.File> finish() throws IOException {
    if (files.isEmpty()) {
      opened();
    }
    end();
    return List.copyOf(files);
  }

  private Open opened() throws IOException {
    var file = open;
    if (file == null) {
      var name = names.apply(files.size());
      file = new Open(name, opener.open(name));
      open = file;
    }
    return file;
  }

  private void end() throws IOException {
    var file = open;
    if (file != null) {
      var ended = new Manifest.File(file.name, file.lines, file.bytes, file.digest.hex());
      opener.complete(file.out, ended);
      open = null;
      files.add(ended);
    }
  }

  /** Gives back what is open; a file that is not at its end stays as it is. */
  @Override
  public void close() throws IOException {
    if (open != null) {
      open.close();
      open = null;
    }
  }
}
