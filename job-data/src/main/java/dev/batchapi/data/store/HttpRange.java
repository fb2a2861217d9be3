package dev.batchapi.data.store;

import java.net.HttpURLConnection;
import java.util.regex.Pattern;

/** What the head of an answer says about the file. */
final class HttpRange {
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (?:(\\d+)-\\d+|\\*)/(\\d+)");

  private HttpRange() {}

  /** The ETag, otherwise the time of modification, otherwise nothing. */
  static String version(HttpURLConnection connection) {
    var etag = connection.getHeaderField("ETag");
    var modified = connection.getHeaderField("Last-Modified");
    return etag != null ? etag : modified != null ? modified : "";
  }

  /** The whole file's size; -1 if the server doesn't say it. */
  static long total(HttpURLConnection connection) {
    var matcher = CONTENT_RANGE.matcher(String.valueOf(connection.getHeaderField("Content-Range")));
    return matcher.matches() ? Long.parseLong(matcher.group(2)) : -1;
  }

  private static long start(HttpURLConnection connection) {
    var matcher = CONTENT_RANGE.matcher(String.valueOf(connection.getHeaderField("Content-Range")));
    return matcher.matches() && matcher.group(1) != null ? Long.parseLong(matcher.group(1)) : 0;
  }

  /** Whether it is the file that was listed, and the part that was asked for. */
  static void check(HttpURLConnection connection, StoredFile file, long offset, long total) {
    if (!version(connection).equals(file.version()) || (total >= 0 && total != file.size())) {
      throw new FileChangedException(file, "another version");
    }
    if (start(connection) != offset) {
      throw new StoreRefusedException(
          "%s: the server answers another range than it was asked for.".formatted(file.name()));
    }
  }
}
