package dev.batchapi.data.s3;

import dev.batchapi.data.store.PartedUpload;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * An object that is being written: in one request if it is small, in parts otherwise, of which one
 * is in memory. Either request that gives it its name asks for {@code If-None-Match: *}.
 *
 * <p>The SDK's own upload manager makes no condition when it completes.
 */
final class S3Upload extends PartedUpload {
  private final S3Url url;
  private final Calls calls;
  private final List<CompletedPart> parts = new ArrayList<>();
  private @Nullable String upload;

  /** Calls until S3 answers. */
  interface Patient {
    <T extends @Nullable Object> T call(S3Url url, Supplier<T> call);
  }

  /** Whom it asks, and how. */
  record Calls(S3Client client, Patient patient) {
    private <T extends @Nullable Object> T call(S3Url url, Supplier<T> call) {
      return patient.call(url, call);
    }
  }

  S3Upload(S3Url url, Calls calls) {
    this.url = url;
    this.calls = calls;
  }

  @Override
  protected void part(byte[] part, int length) {
    if (upload == null) {
      upload =
          calls.call(
              url,
              () ->
                  calls
                      .client
                      .createMultipartUpload(to -> to.bucket(url.bucket()).key(url.key()))
                      .uploadId());
    }
    var id = upload;
    var number = parts.size() + 1;
    var answer =
        calls.call(
            url,
            () ->
                calls.client.uploadPart(
                    one -> one.bucket(url.bucket()).key(url.key()).uploadId(id).partNumber(number),
                    body(part, length)));
    // AWS wants to hear the checksum again that the SDK has sent with the part.
    parts.add(
        CompletedPart.builder()
            .partNumber(number)
            .eTag(answer.eTag())
            .checksumCRC32(answer.checksumCRC32())
            .build());
  }

  /** Not a copy, as the SDK's bodies of arrays are. */
  private static RequestBody body(byte[] part, int length) {
    return RequestBody.fromContentProvider(
        () -> new ByteArrayInputStream(part, 0, length), length, "application/octet-stream");
  }

  @Override
  protected boolean last(byte[] part, int length) {
    if (upload != null && length > 0) {
      part(part, length);
    }
    return calls.call(
        url,
        () -> {
          try {
            if (upload == null) {
              calls.client.putObject(
                  put -> put.bucket(url.bucket()).key(url.key()).ifNoneMatch("*"),
                  body(part, length));
            } else {
              complete(upload);
            }
            return true;
          } catch (NoSuchUploadException e) {
            return false; // completed by a request whose answer was lost
          } catch (S3Exception e) {
            if (e.statusCode() == S3Store.PRECONDITION_FAILED) {
              return false;
            }
            throw e;
          }
        });
  }

  private void complete(String id) {
    calls.client.completeMultipartUpload(
        all ->
            all.bucket(url.bucket())
                .key(url.key())
                .uploadId(id)
                .ifNoneMatch("*")
                .multipartUpload(to -> to.parts(parts)));
    upload = null;
  }

  @Override
  public void close() {
    var id = upload;
    upload = null;
    if (id != null) {
      calls.call(url, () -> abort(id));
    }
  }

  private boolean abort(String id) {
    try {
      calls.client.abortMultipartUpload(it -> it.bucket(url.bucket()).key(url.key()).uploadId(id));
      return true;
    } catch (NoSuchUploadException e) {
      return false;
    }
  }
}
