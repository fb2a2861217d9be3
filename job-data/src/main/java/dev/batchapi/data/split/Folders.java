package dev.batchapi.data.split;

import dev.batchapi.data.files.FilesSpec;
import dev.batchapi.data.store.StoredFile;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The folders in which the files of a job must lie. */
public final class Folders {
  private static final Pattern GLOB = Pattern.compile("[*?{\\[]");

  /** {@code .} and {@code ..}, also as a server would unpack them, and slashes that are hidden. */
  private static final Pattern CLIMBS =
      Pattern.compile("(^|/)(\\.|%2e){1,2}(/|$)|%2f|%5c|\\\\", Pattern.CASE_INSENSITIVE);

  private Folders() {}

  /**
   * Whether all that paths can match lies in one of the folders, as far as they say it themselves.
   *
   * @param folders URLs with a slash at the end; none: anywhere is right
   * @return what is wrong, for people
   */
  public static Optional<String> check(FilesSpec files, List<String> folders) {
    if (folders.isEmpty()) {
      return Optional.empty();
    }
    for (var path : files.paths()) {
      if (folders.stream().noneMatch(folder -> lies(path, folder))) {
        return Optional.of(outside(path, folders));
      }
    }
    return Optional.empty();
  }

  /**
   * Whether a file that was found lies in one of the folders.
   *
   * @return what is wrong, for people
   */
  public static Optional<String> check(StoredFile file, List<String> folders) {
    return folders.isEmpty() || lies(file.url(), folders)
        ? Optional.empty()
        : Optional.of(outside(file.url(), folders));
  }

  /**
   * Whether a folder that is to be written to lies in one of the folders.
   *
   * @param output its URL
   * @return what is wrong, for people
   */
  public static Optional<String> checkOutput(String output, List<String> folders) {
    return folders.isEmpty() || (!CLIMBS.matcher(output).find() && lies(output, folders))
        ? Optional.empty()
        : Optional.of(outside(output, folders));
  }

  /**
   * Whether all that a path can match lies in one folder.
   *
   * @param path a URL or path, with a pattern or without
   * @param folder with a slash at its end
   */
  public static boolean lies(String path, String folder) {
    var glob = GLOB.matcher(path);
    var fixed = glob.find() ? path.substring(0, glob.start()) : path;
    return !CLIMBS.matcher(path).find() && lies(fixed, List.of(folder));
  }

  private static boolean lies(String path, List<String> folders) {
    return folders.stream().anyMatch(path::startsWith);
  }

  private static String outside(String path, List<String> folders) {
    return String.format(
        Locale.ROOT,
        "\"%s\" does not lie in a folder that the BatchAPI allows (spec.storage.paths): %s.%s",
        StoredFile.name(path),
        String.join(", ", folders),
        CLIMBS.matcher(path).find()
            ? " Such a path has neither . or .. between its slashes nor a backslash or an escaped slash."
            : "");
  }
}
