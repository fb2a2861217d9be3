package dev.batchapi.data.gcs;

import com.google.api.client.http.HttpResponse;
import com.google.api.client.http.HttpResponseException;
import com.google.api.services.storage.Storage;
import com.google.api.services.storage.model.StorageObject;
import dev.batchapi.data.store.Backoff;
import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.data.store.ResumingStream;
import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Upload;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Objects of buckets; the version of one is its generation. */
final class GcsStore implements Store {
  private static final String GENERATION = "x-goog-generation";
  private static final String FIELDS = "name,size,generation";

  private final Storage client;
  private final GcsFailures failures;
  private final Backoff backoff;

  /** Asks once. */
  @FunctionalInterface
  interface Call<T extends @Nullable Object> {

    T run() throws IOException;
  }

  /**
   * @param timeout for a connection, and between bytes
   */
  GcsStore(GcsSettings settings, Duration timeout, Backoff backoff) {
    this.client = settings.client(timeout);
    this.failures = new GcsFailures(settings);
    this.backoff = backoff;
  }

  @Override
  public void list(String prefix, Consumer<StoredFile> visitor) {
    var url = GcsUrl.of(prefix);
    String token = null;
    do {
      var from = token;
      var page =
          call(
              url,
              () ->
                  client
                      .objects()
                      .list(url.bucket())
                      .setPrefix(url.name())
                      .setPageToken(from)
                      .setFields("nextPageToken,items(%s)".formatted(FIELDS))
                      .execute());
      for (var object : Objects.requireNonNullElse(page.getItems(), List.<StorageObject>of())) {
        if (!Store.isFolder(object.getName(), object.getSize().longValueExact())) {
          visitor.accept(stored(url.sibling(object.getName()), object));
        }
      }
      token = page.getNextPageToken();
    } while (token != null && !token.isEmpty());
  }

  private static StoredFile stored(String url, StorageObject object) {
    return new StoredFile(
        url, object.getSize().longValueExact(), String.valueOf(object.getGeneration()));
  }

  @Override
  public @Nullable StoredFile find(String url) {
    var place = GcsUrl.of(url);
    if (place.name().isEmpty()) {
      return null;
    }
    var object =
        call(
            place,
            () -> {
              try {
                return client
                    .objects()
                    .get(place.bucket(), place.name())
                    .setFields(FIELDS)
                    .execute();
              } catch (HttpResponseException e) {
                if (e.getStatusCode() != GcsFailures.NOT_FOUND) {
                  throw e;
                }
                checkBucket(place.bucket());
                return null;
              }
            });
    return object == null ? null : stored(url, object);
  }

  /** An object that isn't there, and a bucket that isn't, are the same answer. */
  private void checkBucket(String bucket) throws IOException {
    try {
      client.objects().list(bucket).setMaxResults(1L).setFields("nextPageToken").execute();
    } catch (HttpResponseException e) {
      if (e.getStatusCode() == GcsFailures.NOT_FOUND) {
        throw e;
      }
      // Who may read and not list: it is the object.
    }
  }

  @Override
  public InputStream open(StoredFile file, long offset, long length) {
    return ResumingStream.of(
        file, offset, length, backoff, (from, bytes) -> range(file, from, bytes));
  }

  private InputStream range(StoredFile file, long offset, long length) throws IOException {
    var place = GcsUrl.of(file.url());
    try {
      var get =
          client
              .objects()
              .get(place.bucket(), place.name())
              .setIfGenerationMatch(Long.parseLong(file.version()));
      get.getRequestHeaders().setRange("bytes=" + offset + "-" + (offset + length - 1));
      // What is stored with Content-Encoding: gzip comes as it is stored.
      get.setReturnRawInputStream(true);
      var response = get.executeMedia();
      try {
        check(response, file, offset);
        return response.getContent();
      } catch (IOException | RuntimeException e) {
        response.disconnect();
        throw e;
      }
    } catch (HttpResponseException e) {
      switch (e.getStatusCode()) {
        case GcsFailures.NOT_FOUND -> throw new FileChangedException(file, "gone");
        case GcsFailures.PRECONDITION_FAILED, GcsFailures.RANGE_NOT_SATISFIABLE ->
            throw new FileChangedException(file, "another version");
        default -> throw failures.of(e, place);
      }
    } catch (IOException e) {
      throw failures.of(e, place);
    }
  }

  /** Emulators ignore the condition. */
  private static void check(HttpResponse response, StoredFile file, long offset) {
    var headers = response.getHeaders();
    var generation = headers.getFirstHeaderStringValue(GENERATION);
    var range = String.valueOf(headers.getContentRange());
    var isRange = range.startsWith("bytes ");
    var size = range.substring(range.lastIndexOf('/') + 1);
    if ((generation != null && !generation.equals(file.version()))
        || (isRange && !size.equals(String.valueOf(file.size())))) {
      throw new FileChangedException(file, "another version");
    }
    var start = isRange ? range.replaceAll("^bytes |-.*", "") : "0";
    if (!start.equals(String.valueOf(offset))) {
      throw new StoreRefusedException(
          "%s: the store answers another range than it was asked for.".formatted(file.name()));
    }
  }

  @Override
  public Upload create(String url) {
    return new GcsUpload(client, GcsUrl.of(url), this::call);
  }

  @Override
  public void delete(String url) {
    if (url.endsWith("/")) {
      return;
    }
    var place = GcsUrl.of(url);
    call(
        place,
        () -> {
          try {
            client.objects().delete(place.bucket(), place.name()).execute();
            return true;
          } catch (HttpResponseException e) {
            if (e.getStatusCode() == GcsFailures.NOT_FOUND) {
              return false;
            }
            throw e;
          }
        });
  }

  /**
   * Calls until Google answers.
   *
   * @throws StoreRefusedException if it refuses
   */
  private <T extends @Nullable Object> T call(GcsUrl url, Call<T> call) {
    return backoff.run(
        () -> {
          try {
            return call.run();
          } catch (IOException e) {
            throw failures.of(e, url);
          } catch (IllegalArgumentException e) {
            throw failures.strange(e, url);
          }
        });
  }
}
