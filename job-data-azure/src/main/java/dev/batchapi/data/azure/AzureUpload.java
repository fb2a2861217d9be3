package dev.batchapi.data.azure;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.options.BlockBlobCommitBlockListOptions;
import com.azure.storage.blob.specialized.BlockBlobClient;
import dev.batchapi.data.store.PartedUpload;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A blob that is being written, in blocks; the request that makes a blob of them asks for {@code
 * If-None-Match: *}. Blocks that never become one Azure removes after a week, and nobody sees them;
 * but a small blob in a single request would be refused as long as there are some.
 */
final class AzureUpload extends PartedUpload {
  private final BlockBlobClient blob;
  private final AzureUrl url;
  private final Patient patient;
  private final List<String> blocks = new ArrayList<>();

  /** Blocks of another upload of the same blob must not be taken for these. */
  private final String mark = UUID.randomUUID().toString();

  /** Calls until Azure answers. */
  interface Patient {
    <T extends @Nullable Object> T call(AzureUrl url, Supplier<T> call);
  }

  AzureUpload(BlockBlobClient blob, AzureUrl url, Patient patient) {
    this.blob = blob;
    this.url = url;
    this.patient = patient;
  }

  @Override
  protected void part(byte[] part, int length) {
    var name = "%s-%05d".formatted(mark, blocks.size());
    var block = Base64.getEncoder().encodeToString(name.getBytes(US_ASCII));
    patient.call(
        url,
        () -> {
          blob.stageBlock(block, data(part, length));
          return true;
        });
    blocks.add(block);
  }

  private static BinaryData data(byte[] part, int length) {
    return BinaryData.fromByteBuffer(ByteBuffer.wrap(part, 0, length));
  }

  @Override
  protected boolean last(byte[] part, int length) {
    if (length > 0) {
      part(part, length);
    }
    return patient.call(
        url,
        () -> {
          try {
            commitBlocks();
            return true;
          } catch (BlobStorageException e) {
            if (e.getStatusCode() == AzureFailures.PRECONDITION_FAILED
                || BlobErrorCode.BLOB_ALREADY_EXISTS.equals(e.getErrorCode())) {
              return false;
            }
            throw e;
          }
        });
  }

  private void commitBlocks() {
    blob.commitBlockListWithResponse(
        new BlockBlobCommitBlockListOptions(blocks)
            .setRequestConditions(new BlobRequestConditions().setIfNoneMatch("*")),
        null,
        Context.NONE);
  }

  @Override
  public void close() {}
}
