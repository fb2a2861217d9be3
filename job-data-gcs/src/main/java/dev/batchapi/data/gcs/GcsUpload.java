package dev.batchapi.data.gcs;

import com.google.api.client.http.ByteArrayContent;
import com.google.api.client.http.HttpResponseException;
import com.google.api.services.storage.Storage;
import com.google.api.services.storage.model.StorageObject;
import dev.batchapi.data.store.PartedUpload;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An object that is being written: in one request if it is small, otherwise in a {@link
 * GcsSession}. Both ask for {@code ifGenerationMatch=0}: that there is none.
 */
final class GcsUpload extends PartedUpload {
  static final String BYTES = "application/octet-stream";

  private final Storage client;
  private final GcsUrl url;
  private final Patient patient;
  private @Nullable GcsSession session;
  private long sent;

  /** Calls until Google answers. */
  interface Patient {
    <T extends @Nullable Object> T call(GcsUrl url, GcsStore.Call<T> call);
  }

  GcsUpload(Storage client, GcsUrl url, Patient patient) {
    this.client = client;
    this.url = url;
    this.patient = patient;
  }

  @Override
  protected void part(byte[] part, int length) {
    var to = session;
    if (to == null) {
      to = patient.call(url, () -> GcsSession.begin(client, url));
      session = to;
    }
    var into = to;
    for (var has = sent; has < sent + length; ) {
      var from = (int) (has - sent);
      var at = has;
      has =
          patient.call(
              url, () -> into.send(new ByteArrayContent(BYTES, part, from, length - from), at));
    }
    sent += length;
  }

  @Override
  protected boolean last(byte[] part, int length) {
    var into = session;
    var content = new ByteArrayContent(BYTES, part, 0, length);
    var isOurs = patient.call(url, () -> into == null ? put(content) : into.end(content, sent));
    session = null;
    return isOurs;
  }

  private boolean put(ByteArrayContent content) throws IOException {
    try {
      var insert =
          client
              .objects()
              .insert(url.bucket(), new StorageObject().setName(url.name()), content)
              .setIfGenerationMatch(0L);
      insert.getMediaHttpUploader().setDirectUploadEnabled(true);
      insert.execute();
      return true;
    } catch (HttpResponseException e) {
      if (e.getStatusCode() == GcsFailures.PRECONDITION_FAILED) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    var into = session;
    session = null;
    if (into != null) {
      into.cancel();
    }
  }
}
