package dev.batchapi.data.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Files that can be listed, read, and written once, from any thread. Each method tries again for a
 * while by itself before it says that the store is away.
 */
public interface Store extends AutoCloseable {

  /** Whether it can list; a web server can't, and its URLs hold no globs. */
  default boolean lists() {
    return true;
  }

  /**
   * Visits all files whose URL starts with a text, in any order; folders are none.
   *
   * @param prefix such as {@code s3://bucket/images/20}
   * @throws StoreUnavailableException if it may work later
   * @throws StoreRefusedException if it never will
   */
  void list(String prefix, Consumer<StoredFile> visitor);

  /**
   * The same for whoever wants no file further down: a store with real folders need not look there.
   *
   * @param folders how many levels below the prefix's last {@code /} are looked at, at least 1; the
   *     files in that folder itself are one
   */
  default void list(String prefix, int folders, Consumer<StoredFile> visitor) {
    list(prefix, visitor);
  }

  /**
   * Whether an object is how programs draw an empty folder. One with something in it is a file,
   * whatever it is called.
   *
   * @param size bytes
   */
  static boolean isFolder(String name, long size) {
    return size == 0 && name.endsWith("/");
  }

  /**
   * What a program opens a file by, whatever folder it runs in: the URL itself, and of a file of
   * this machine its whole path.
   */
  default String address(String url) {
    return url;
  }

  /**
   * The file with exactly this URL as it is now, or null if there is none.
   *
   * @throws StoreUnavailableException if it may work later
   * @throws StoreRefusedException if it never will
   */
  @Nullable StoredFile find(String url);

  /**
   * Reads a part of a file, of this version only. A stream that breaks off is resumed where it
   * broke. What goes wrong while it is read are the exceptions below, and no {@link IOException}
   * but for a file system's own.
   *
   * @param offset first byte, from 0
   * @param length how many bytes; 0 is an empty stream
   * @return exactly that many bytes, or an exception
   * @throws FileChangedException if the file is another version now, or gone
   * @throws StoreUnavailableException if it may work later
   * @throws StoreRefusedException if it never will
   */
  InputStream open(StoredFile file, long offset, long length);

  /**
   * Begins a new file. Without {@link Upload#commit} there never was one.
   *
   * @throws StoreUnavailableException if it may work later
   * @throws StoreRefusedException if it never will, as on a web server
   */
  default Upload create(String url) {
    throw onlyRead(url);
  }

  /**
   * Removes a file, or an empty folder of a store that has real ones; fine if it isn't there.
   *
   * @param url of a folder with a slash at its end
   * @throws StoreUnavailableException if it may work later
   * @throws StoreRefusedException if it never will
   */
  default void delete(String url) {
    throw onlyRead(url);
  }

  /**
   * Removes what uploads that were killed have left in a folder, where a store shows that at all.
   *
   * @param folder with a slash at its end
   */
  default void tidy(String folder) {}

  private static StoreRefusedException onlyRead(String url) {
    return new StoreRefusedException(
        "%s: such stores are only read here; write to an object store (s3://, gs://, az://) or a folder."
            .formatted(StoredFile.name(url)));
  }

  /** Gives back its connections. */
  @Override
  default void close() {}
}
