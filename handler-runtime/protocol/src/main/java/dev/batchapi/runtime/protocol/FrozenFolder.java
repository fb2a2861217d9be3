package dev.batchapi.runtime.protocol;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * A folder that kubelet mounts from a ConfigMap, and what it must hold. Whoever may write
 * ConfigMaps in the namespace may replace one at any moment: what is read here is checked, and the
 * folder is not to be read again.
 *
 * @param folder where it is
 * @param digest SHA-256 of all files together, in hexadecimal figures: of each in the order of
 *     names its name, its length in bytes and its content
 */
public record FrozenFolder(Path folder, String digest) {

  /**
   * Reads the files, by name.
   *
   * @throws NotFrozenException if they are not those that were frozen
   * @throws IOException if they can't be read
   */
  public Map<String, byte[]> read() throws IOException {
    var files = new TreeMap<String, byte[]>();
    try (var entries = Files.newDirectoryStream(folder)) {
      for (var entry : entries) {
        var name = String.valueOf(entry.getFileName());
        if (!name.startsWith("..")) { // kubelet's own, by which it changes all files at once
          files.put(name, Files.readAllBytes(entry));
        }
      }
    }
    var found = digest(files);
    if (!found.equalsIgnoreCase(digest)) {
      throw new NotFrozenException(
          "%s does not hold what the job was accepted with: the SHA-256 of its files is %s, and not %s"
              .formatted(folder, found, digest));
    }
    return files;
  }

  private static String digest(TreeMap<String, byte[]> files) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      files.forEach(
          (name, content) -> {
            digest.update((name + '\n' + content.length + '\n').getBytes(StandardCharsets.UTF_8));
            digest.update(content);
          });
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
