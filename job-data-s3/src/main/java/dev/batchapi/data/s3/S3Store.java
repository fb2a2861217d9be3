package dev.batchapi.data.s3;

import dev.batchapi.data.store.Backoff;
import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.data.store.ResumingStream;
import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Upload;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Objects of buckets. The SDK tries a call a few times within a second; here for longer. */
final class S3Store implements Store {
  static final int PRECONDITION_FAILED = 412;
  private static final int RANGE_NOT_SATISFIABLE = 416;

  private final S3Client client;
  private final S3Failures failures;
  private final Backoff backoff;

  /**
   * @param timeout for a connection, and between bytes
   */
  S3Store(S3Settings settings, Duration timeout, Backoff backoff) {
    this.client = settings.client(timeout);
    this.failures = new S3Failures(settings);
    this.backoff = backoff;
  }

  @Override
  public void list(String prefix, Consumer<StoredFile> visitor) {
    var url = S3Url.of(prefix);
    var request =
        ListObjectsV2Request.builder()
            .bucket(url.bucket())
            .prefix(url.key())
            .encodingType(EncodingType.URL); // else XML could not name some keys
    for (var more = true; more; ) {
      var page = call(url, () -> client.listObjectsV2(request.build()));
      for (var object : page.contents()) {
        if (!Store.isFolder(object.key(), object.size())) {
          visitor.accept(
              new StoredFile(
                  url.sibling(object.key()),
                  object.size(),
                  S3Version.of(object.eTag(), object.lastModified())));
        }
      }
      request.continuationToken(page.nextContinuationToken());
      more = Boolean.TRUE.equals(page.isTruncated());
    }
  }

  /**
   * By reading one byte: the answer to HEAD has no words, and calls a missing bucket a missing key.
   */
  @Override
  public @Nullable StoredFile find(String url) {
    var place = S3Url.of(url);
    if (place.key().isEmpty()) {
      return null;
    }
    return call(
        place,
        () -> {
          try (var object =
              client.getObject(
                  get -> get.bucket(place.bucket()).key(place.key()).range("bytes=0-0"))) {
            return new StoredFile(url, size(object.response()), S3Version.of(object.response()));
          } catch (NoSuchKeyException e) {
            return null;
          } catch (S3Exception e) {
            if (e.statusCode() == RANGE_NOT_SATISFIABLE) {
              return empty(url, place);
            }
            throw e;
          } catch (IOException e) {
            throw SdkClientException.create(String.valueOf(e.getMessage()), e);
          }
        });
  }

  private StoredFile empty(String url, S3Url place) {
    var head = client.headObject(get -> get.bucket(place.bucket()).key(place.key()));
    return new StoredFile(
        url, head.contentLength(), S3Version.of(head.eTag(), head.lastModified()));
  }

  private static long size(GetObjectResponse response) {
    var range = response.contentRange();
    return range == null
        ? response.contentLength()
        : Long.parseLong(range.substring(range.lastIndexOf('/') + 1));
  }

  /** Without a range it is all of the object. */
  private static long start(GetObjectResponse response) {
    var range = response.contentRange();
    return range == null ? 0 : Long.parseLong(range.replaceAll("^bytes |-.*", ""));
  }

  @Override
  public InputStream open(StoredFile file, long offset, long length) {
    return ResumingStream.of(
        file, offset, length, backoff, (from, bytes) -> range(file, from, bytes));
  }

  private InputStream range(StoredFile file, long offset, long length) {
    var place = S3Url.of(file.url());
    try {
      var object =
          client.getObject(
              get ->
                  get.bucket(place.bucket())
                      .key(place.key())
                      .ifMatch(S3Version.etag(file.version()))
                      .range("bytes=" + offset + "-" + (offset + length - 1)));
      if (!file.version().equals(S3Version.of(object.response()))
          || size(object.response()) != file.size()) {
        // Of a store that ignores If-Match, or has no ETags.
        object.abort();
        throw new FileChangedException(file, "another version");
      }
      if (start(object.response()) != offset) {
        object.abort();
        throw new StoreRefusedException(
            "%s: the store answers another range than it was asked for.".formatted(file.name()));
      }
      return new Body(object);
    } catch (NoSuchKeyException e) {
      throw new FileChangedException(file, "gone");
    } catch (S3Exception e) {
      if (e.statusCode() == PRECONDITION_FAILED || e.statusCode() == RANGE_NOT_SATISFIABLE) {
        throw new FileChangedException(file, "another version");
      }
      throw failures.of(e, place);
    } catch (SdkException e) {
      throw failures.of(e, place);
    } catch (UncheckedIOException e) {
      throw S3Failures.withoutToken(e, place);
    }
  }

  @Override
  public Upload create(String url) {
    return new S3Upload(S3Url.of(url), new S3Upload.Calls(client, this::call));
  }

  @Override
  public void delete(String url) {
    var place = S3Url.of(url);
    if (!url.endsWith("/")) {
      call(place, () -> client.deleteObject(d -> d.bucket(place.bucket()).key(place.key())));
    }
  }

  /**
   * Calls until S3 answers.
   *
   * @throws StoreRefusedException if it refuses
   */
  private <T extends @Nullable Object> T call(S3Url url, Supplier<T> call) {
    return backoff.run(
        () -> {
          try {
            return call.get();
          } catch (SdkException e) {
            throw failures.of(e, url);
          } catch (UncheckedIOException e) {
            throw S3Failures.withoutToken(e, url);
          }
        });
  }

  @Override
  public void close() {
    client.close();
  }

  /** What the SDK throws while a body is read is a broken connection, too. */
  private static final class Body extends FilterInputStream {

    Body(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      try {
        return in.read(into, offset, length);
      } catch (SdkException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }
}
