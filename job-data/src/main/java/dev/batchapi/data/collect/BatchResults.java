package dev.batchapi.data.collect;

import dev.batchapi.contract.Sha256;
import dev.batchapi.data.results.LargeJson;
import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Stores;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Results of single batches, each an object in the hidden folder of a job's output. Workers write
 * them, the collector reads them and removes them. For any thread.
 */
public final class BatchResults {
  static final String FOLDER = ".batches/";

  private final String url;
  private final Store store;

  /** What is to be written; it may be asked for again. */
  public interface Content {
    void to(OutputStream out) throws IOException;
  }

  /**
   * @param output URL of the folder of all results, with a slash at its end
   */
  public BatchResults(String output, Stores stores) {
    this(output, stores.of(output));
  }

  BatchResults(String output, Store store) {
    url = output + FOLDER;
    this.store = store;
  }

  /** Where an object is. */
  public String url(String name) {
    return url + name;
  }

  /**
   * Writes one.
   *
   * @param name one that no other has
   * @return SHA-256 of it, in hexadecimal figures
   * @throws dev.batchapi.data.store.StoreUnavailableException if it may work later
   * @throws dev.batchapi.data.store.StoreRefusedException if it never will
   * @throws UncheckedIOException if the content can't be read
   */
  public String write(String name, Content content) {
    try (var upload = store.create(url(name));
        var out = new DigestOutputStream(upload, Sha256.begin())) {
      var counted = new Counted(out);
      content.to(counted);
      if (!upload.commit()) {
        requireThere(name, counted.bytes);
      }
      return HexFormat.of().formatHex(out.getMessageDigest().digest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * An upload that is over already was ended by a request whose answer was lost, and then the
   * object is there; or the store has lost the upload, and then it isn't.
   */
  private void requireThere(String name, long bytes) {
    var file = store.find(url(name));
    if (file == null || file.size() != bytes) {
      throw new StoreUnavailableException(
          StoredFile.name(url(name)) + " can't be written: the store has lost what was sent of it.",
          null);
    }
  }

  private static final class Counted extends FilterOutputStream {
    private long bytes;

    Counted(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      bytes++;
    }

    @Override
    public void write(byte[] some, int offset, int length) throws IOException {
      out.write(some, offset, length);
      bytes += length;
    }
  }

  /**
   * Reads one, if it is what it should be.
   *
   * @return empty if it is gone, or another size or content
   * @throws dev.batchapi.data.store.StoreUnavailableException if it may work later
   * @throws dev.batchapi.data.store.StoreRefusedException if it never will
   */
  public Optional<LargeJson> read(String name, long bytes, String sha256) {
    var file = store.find(url(name));
    if (file == null || file.size() != bytes) {
      return Optional.empty();
    }
    try {
      var json = LargeJson.create();
      try (var in = store.open(file, 0, bytes)) {
        in.transferTo(json.appending());
        if (json.sha256().equals(sha256)) {
          return Optional.of(json);
        }
      } catch (FileChangedException e) {
        json.close();
        return Optional.empty();
      } catch (IOException | RuntimeException e) {
        json.close();
        throw e;
      }
      json.close();
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes one; fine if it isn't there. */
  public void delete(String name) {
    store.delete(url(name));
  }

  /** Removes all whose names are such as these. */
  public void deleteAll(Predicate<String> names) {
    store.list(
        url,
        1,
        file -> {
          var name = file.url().substring(url.length());
          if (names.test(name)) {
            store.delete(file.url());
          }
        });
  }
}
