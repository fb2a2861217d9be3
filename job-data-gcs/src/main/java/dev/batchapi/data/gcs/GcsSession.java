package dev.batchapi.data.gcs;

import com.google.api.client.http.EmptyContent;
import com.google.api.client.http.GenericUrl;
import com.google.api.client.http.HttpContent;
import com.google.api.client.http.HttpResponse;
import com.google.api.client.http.HttpResponseException;
import com.google.api.services.storage.Storage;
import dev.batchapi.data.store.StoreUnavailableException;
import java.io.IOException;
import java.util.List;

/**
 * A resumable upload: an object in pieces, of which Google says how much it has. Google's own
 * uploader reads a stream, from its beginning to its end; here pieces come one by one.
 */
final class GcsSession {
  private static final int MORE = 308;
  private static final int GONE = 410;

  private final Storage client;
  private final GcsUrl object;
  private final GenericUrl place;

  private GcsSession(Storage client, GcsUrl object, GenericUrl place) {
    this.client = client;
    this.object = object;
    this.place = place;
  }

  /** For an object that isn't there; whether it is shows at the end. */
  static GcsSession begin(Storage client, GcsUrl object) throws IOException {
    var url = new GenericUrl(client.getRootUrl());
    url.setPathParts(List.of("", "upload", "storage", "v1", "b", object.bucket(), "o"));
    url.put("uploadType", "resumable");
    url.put("ifGenerationMatch", 0);
    url.put("name", object.name());
    var request = client.getRequestFactory().buildPostRequest(url, new EmptyContent());
    request.getHeaders().set("X-Upload-Content-Type", GcsUpload.BYTES);
    var response = request.execute();
    try {
      return new GcsSession(
          client, object, new GenericUrl(response.getHeaders().getLocation(), true));
    } finally {
      response.disconnect();
    }
  }

  /**
   * Sends a piece that is not the last one. Bytes that Google has already it leaves out, so a piece
   * whose answer was lost can be sent again.
   *
   * @param from where in the object it begins
   * @return how many bytes of the object Google has
   */
  long send(HttpContent piece, long from) throws IOException {
    var response = put(piece, "bytes %d-%d/*".formatted(from, from + piece.getLength() - 1));
    try {
      if (response.getStatusCode() == MORE) {
        var range = response.getHeaders().getRange();
        var has = range == null ? 0 : Long.parseLong(range.replaceAll(".*-", "")) + 1;
        if (has >= from) {
          return has;
        }
        throw gone();
      }
      if (isGone(response)) {
        throw gone();
      }
      throw new HttpResponseException(response);
    } finally {
      response.disconnect();
    }
  }

  /**
   * Sends the last piece, after which the object is there.
   *
   * @return false if there is one already; also if the session is over, for it may have been ended
   *     by a request whose answer was lost
   */
  boolean end(HttpContent piece, long from) throws IOException {
    var total = from + piece.getLength();
    var response =
        piece.getLength() == 0
            ? put(new EmptyContent(), "bytes */%d".formatted(total))
            : put(piece, "bytes %d-%d/%d".formatted(from, total - 1, total));
    try {
      if (response.isSuccessStatusCode()) {
        return true;
      }
      if (response.getStatusCode() == GcsFailures.PRECONDITION_FAILED || isGone(response)) {
        return false;
      }
      if (response.getStatusCode() == MORE) {
        throw gone();
      }
      throw new HttpResponseException(response);
    } finally {
      response.disconnect();
    }
  }

  private HttpResponse put(HttpContent piece, String range) throws IOException {
    var request = client.getRequestFactory().buildPutRequest(place, piece);
    request.getHeaders().setContentRange(range);
    return request.setFollowRedirects(false).setThrowExceptionOnExecuteError(false).execute();
  }

  private static boolean isGone(HttpResponse response) {
    return response.getStatusCode() == GcsFailures.NOT_FOUND || response.getStatusCode() == GONE;
  }

  private StoreUnavailableException gone() {
    return new StoreUnavailableException(
        "gs://%s/%s can't be written: Google has lost what was sent of it."
            .formatted(object.bucket(), object.name()),
        null);
  }

  /** Google forgets it by itself after a week; nobody sees or pays it until then. */
  void cancel() {
    try {
      client
          .getRequestFactory()
          .buildDeleteRequest(place)
          .setThrowExceptionOnExecuteError(false)
          .execute()
          .disconnect();
    } catch (IOException e) {
      // It is no part of what was to be done.
    }
  }
}
