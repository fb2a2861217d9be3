package dev.batchapi.data.gcs;

import dev.batchapi.data.store.StoreRefusedException;

/** {@code gs://bucket/name}; nothing in it is encoded. */
record GcsUrl(String bucket, String name) {
  private static final int SCHEME = "gs://".length();

  /**
   * Its parts.
   *
   * @throws StoreRefusedException if there is no bucket in it
   */
  static GcsUrl of(String url) {
    var slash = url.indexOf('/', SCHEME);
    if (slash <= SCHEME) {
      throw new StoreRefusedException(
          "%s names no bucket and object: gs://bucket/folder/file.".formatted(url));
    }
    return new GcsUrl(url.substring(SCHEME, slash), url.substring(slash + 1));
  }

  /** The URL of another object in the bucket. */
  String sibling(String other) {
    return "gs://" + bucket + "/" + other;
  }
}
