package dev.batchapi.data.s3;

import dev.batchapi.data.store.StoreRefusedException;

/** A bucket and a key, or the start of one; nothing in it is decoded. */
record S3Url(String bucket, String key) {
  private static final int SCHEME = "s3://".length();

  static S3Url of(String url) {
    var slash = url.indexOf('/', SCHEME);
    if (slash <= SCHEME) {
      throw new StoreRefusedException(
          "%s names no bucket and key, such as s3://bucket/folder/file.jsonl.".formatted(url));
    }
    return new S3Url(url.substring(SCHEME, slash), url.substring(slash + 1));
  }

  /** The URL of another key in the bucket. */
  String sibling(String other) {
    return "s3://" + bucket + "/" + other;
  }
}
