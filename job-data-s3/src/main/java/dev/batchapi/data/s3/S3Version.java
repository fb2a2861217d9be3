package dev.batchapi.data.s3;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** An object's version: its ETag; of gateways that have none, the time of its modification. */
final class S3Version {
  private static final String MODIFIED = "modified ";

  private S3Version() {}

  static String of(GetObjectResponse response) {
    return of(response.eTag(), response.lastModified());
  }

  /** To the second: a list says more than the answer to GET. */
  static String of(@Nullable String etag, @Nullable Instant modified) {
    if (etag != null && !etag.isEmpty()) {
      return etag;
    }
    return modified == null ? "" : MODIFIED + modified.truncatedTo(ChronoUnit.SECONDS);
  }

  /** What an object must match; null if it has no ETag. */
  static @Nullable String etag(String version) {
    return version.isEmpty() || version.startsWith(MODIFIED) ? null : version;
  }
}
