package dev.batchapi.data.store;

import dev.batchapi.contract.Visible;

/**
 * One version of one file.
 *
 * @param url how its store is asked for it: {@code s3://bucket/key} with the key as it is (nothing
 *     is decoded), an http(s) URL, or a path
 * @param size bytes
 * @param version what tells this version from others: an object's ETag, a local file's time of
 *     modification; empty when the server says neither
 */
public record StoredFile(String url, long size, String version) {

  /**
   * What messages and results call it: without the query, which may hold a signature, and with
   * {@code \\u001b} for what would steer a terminal, which keys of stores may have in them.
   */
  public String name() {
    return name(url);
  }

  /** The same for any URL. */
  public static String name(String url) {
    var query = starts(url, "http://") || starts(url, "https://") ? url.indexOf('?') : -1;
    return Visible.line(query < 0 ? url : url.substring(0, query));
  }

  /** A scheme has no case. */
  private static boolean starts(String url, String scheme) {
    return url.regionMatches(true, 0, scheme, 0, scheme.length());
  }
}
