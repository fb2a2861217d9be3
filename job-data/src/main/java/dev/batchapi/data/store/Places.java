package dev.batchapi.data.store;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Which file a path means, and whether it may be one. */
interface Places {

  /** Any file of this machine; paths are relative to a folder. */
  static Places below(Path base) {
    return url -> {
      try {
        return base.resolve(url);
      } catch (InvalidPathException e) {
        throw new StoreRefusedException("%s is no path: %s.".formatted(url, e.getReason()), e);
      }
    };
  }

  /**
   * Where it is; links are not followed yet.
   *
   * @throws StoreRefusedException if no file may be there
   */
  Path of(String url);

  /**
   * Looks where the links in a path lead.
   *
   * @param file that is there
   * @throws StoreRefusedException if that may not be read or written
   */
  default void follow(String url, Path file) throws IOException {}

  /** Makes a folder, and those that it is in. */
  default void make(Path folder) throws IOException {
    Files.createDirectories(folder);
  }

  /**
   * Removes a file or an empty folder, if it is there.
   *
   * @throws StoreRefusedException if links in its path lead to where nothing may be removed
   */
  default void delete(String url, Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  /** Reads a file from an offset on. */
  default InputStream open(String url, Path file, long offset) throws IOException {
    // Not a channel's stream: an interrupt would close it.
    var in = new FileInputStream(file.toFile());
    try {
      in.getChannel().position(offset);
      return in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }
}
