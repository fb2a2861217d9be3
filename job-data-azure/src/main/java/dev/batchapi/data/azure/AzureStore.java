package dev.batchapi.data.azure;

import com.azure.core.util.Context;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.options.BlobInputStreamOptions;
import dev.batchapi.data.store.Backoff;
import dev.batchapi.data.store.FileChangedException;
import dev.batchapi.data.store.ResumingStream;
import dev.batchapi.data.store.Store;
import dev.batchapi.data.store.StoredFile;
import dev.batchapi.data.store.Upload;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Blobs of one account's containers; the version of one is its ETag. */
final class AzureStore implements Store {
  /** What the SDK asks for at once, and keeps in memory. */
  private static final int BLOCK = 1 << 20;

  /** How accounts with real folders draw them in a list. */
  private static final String FOLDER = "hdi_isfolder";

  private final BlobServiceClient client;
  private final AzureFailures failures;
  private final Backoff backoff;

  /**
   * @param timeout for a connection, and between bytes
   */
  AzureStore(AzureSettings settings, Duration timeout, Backoff backoff) {
    this.client = settings.client(timeout);
    this.failures = new AzureFailures(settings);
    this.backoff = backoff;
  }

  @Override
  public void list(String prefix, Consumer<StoredFile> visitor) {
    var url = AzureUrl.of(prefix);
    var container = client.getBlobContainerClient(url.container());
    var options =
        new ListBlobsOptions()
            .setPrefix(url.name().isEmpty() ? null : url.name())
            .setDetails(new BlobListDetails().setRetrieveMetadata(true));
    String token = null;
    do {
      var from = token;
      var page =
          call(
              url,
              () -> container.listBlobs(options, from, null).iterableByPage().iterator().next());
      for (var blob : page.getElements()) {
        if (!isFolder(blob)) {
          var properties = blob.getProperties();
          visitor.accept(
              new StoredFile(
                  url.sibling(blob.getName()),
                  properties.getContentLength(),
                  version(properties.getETag())));
        }
      }
      token = page.getContinuationToken();
    } while (token != null && !token.isEmpty());
  }

  private static boolean isFolder(BlobItem blob) {
    return Store.isFolder(blob.getName(), blob.getProperties().getContentLength())
        || (blob.getMetadata() != null && "true".equals(blob.getMetadata().get(FOLDER)));
  }

  /** Lists have it without quotes. */
  private static String version(String etag) {
    return etag.replace("\"", "");
  }

  @Override
  public @Nullable StoredFile find(String url) {
    var place = AzureUrl.of(url);
    if (place.name().isEmpty()) {
      return null;
    }
    return call(
        place,
        () -> {
          try {
            var properties = blob(place).getProperties();
            return new StoredFile(url, properties.getBlobSize(), version(properties.getETag()));
          } catch (BlobStorageException e) {
            if (BlobErrorCode.BLOB_NOT_FOUND.equals(e.getErrorCode())) {
              return null;
            }
            throw e;
          }
        });
  }

  private BlobClient blob(AzureUrl url) {
    return client.getBlobContainerClient(url.container()).getBlobClient(url.name());
  }

  @Override
  public InputStream open(StoredFile file, long offset, long length) {
    return ResumingStream.of(
        file, offset, length, backoff, (from, bytes) -> range(file, from, bytes));
  }

  private InputStream range(StoredFile file, long offset, long length) {
    var place = AzureUrl.of(file.url());
    try {
      return blob(place)
          .openInputStream(
              new BlobInputStreamOptions()
                  .setRange(new BlobRange(offset, length))
                  .setBlockSize((int) Math.min(BLOCK, length))
                  .setRequestConditions(
                      new BlobRequestConditions().setIfMatch("\"" + file.version() + "\"")),
              Context.NONE);
    } catch (BlobStorageException e) {
      if (BlobErrorCode.BLOB_NOT_FOUND.equals(e.getErrorCode())) {
        throw new FileChangedException(file, "gone");
      }
      if (e.getStatusCode() == AzureFailures.PRECONDITION_FAILED
          || e.getStatusCode() == AzureFailures.RANGE_NOT_SATISFIABLE) {
        throw new FileChangedException(file, isGone(place) ? "gone" : "another version");
      }
      throw failures.of(e, place);
    } catch (RuntimeException e) {
      throw failures.of(e, place);
    }
  }

  /** The condition may be looked at before the blob is. */
  private boolean isGone(AzureUrl place) {
    try {
      return !blob(place).exists();
    } catch (RuntimeException e) {
      return false;
    }
  }

  @Override
  public Upload create(String url) {
    var place = AzureUrl.of(url);
    return new AzureUpload(blob(place).getBlockBlobClient(), place, this::call);
  }

  @Override
  public void delete(String url) {
    var place = AzureUrl.of(url);
    if (!url.endsWith("/")) {
      call(place, () -> blob(place).deleteIfExists());
    }
  }

  /** Calls until Azure answers. */
  private <T extends @Nullable Object> T call(AzureUrl url, Supplier<T> call) {
    return backoff.run(
        () -> {
          try {
            return call.get();
          } catch (RuntimeException e) {
            throw failures.of(e, url);
          }
        });
  }
}
