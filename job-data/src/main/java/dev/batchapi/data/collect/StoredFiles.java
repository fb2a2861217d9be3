package dev.batchapi.data.collect;

import dev.batchapi.contract.Sha256;
import dev.batchapi.data.results.LineFiles;
import dev.batchapi.data.results.Manifest;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.Upload;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;

/**
 * Files of the output, under their final names as soon as they are whole. One that is there is an
 * earlier try's, and has to be the same to the byte: it is read instead of written.
 */
public final class StoredFiles implements LineFiles.Opener {
  private final OutputFolder folder;
  private final Consumer<Manifest.File> written;

  /**
   * @param written is told of each file that was not there before
   */
  public StoredFiles(OutputFolder folder, Consumer<Manifest.File> written) {
    this.folder = folder;
    this.written = written;
  }

  @Override
  public OutputStream open(String name) {
    var there = folder.open(name);
    return there == null ? folder.create(name) : new Comparison(name, there);
  }

  @Override
  public void complete(OutputStream out, Manifest.File file) throws IOException {
    try (out) {
      switch (out) {
        case Comparison comparison -> comparison.end();
        case Upload upload when upload.commit() -> written.accept(file);
        default -> {
          if (!file.sha256().equals(sha256(file.name()))) {
            throw another(file.name());
          }
        }
      }
    }
  }

  /** A file whose content is known. */
  public void whole(String name, byte[] content) throws IOException {
    try (var upload = folder.create(name)) {
      upload.write(content);
      if (!upload.commit() && !Sha256.hex(content).equals(sha256(name))) {
        throw another(name);
      }
    }
  }

  private String sha256(String name) throws IOException {
    try (var there = folder.open(name)) {
      if (there == null) {
        throw new StoreUnavailableException(
            "%s can't be written: the store says that it is there, and that it is not."
                .formatted(folder.url(name)),
            null);
      }
      var digest = new DigestInputStream(there, Sha256.begin());
      digest.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digest.getMessageDigest().digest());
    }
  }

  private OutputException another(String name) {
    return new OutputException(
        OutputProblem.OutputExists,
        "%s is there already, and is not what this job's results are: move it away."
            .formatted(folder.url(name)));
  }

  /** Takes what would be written, and sees whether it is what is there. */
  private final class Comparison extends OutputStream {
    private final String name;
    private final InputStream there;

    Comparison(String name, InputStream there) {
      this.name = name;
      this.there = there;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      var found = there.readNBytes(length);
      if (!Arrays.equals(bytes, offset, offset + length, found, 0, found.length)) {
        throw another(name);
      }
    }

    void end() throws IOException {
      if (there.read() >= 0) {
        throw another(name);
      }
    }

    @Override
    public void close() throws IOException {
      there.close();
    }
  }
}
