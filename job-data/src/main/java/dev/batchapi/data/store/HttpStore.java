package dev.batchapi.data.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Files of web servers. Not java.net.http: nothing there ends a body that stalls. A server that
 * ignores ranges is read from the start each time, as far as that is bearable.
 */
final class HttpStore implements Store {
  /** A server without ranges sends this much for nothing, and no more. */
  private static final long MOST_SKIPPED = 64L << 20;

  private static final int TOO_MANY_REQUESTS = 429;

  private final HttpGet get;
  private final Backoff backoff;

  /**
   * @param timeout for a connection, and between bytes
   */
  HttpStore(Duration timeout, Backoff backoff) {
    this.get = new HttpGet(timeout);
    this.backoff = backoff;
  }

  @Override
  public boolean lists() {
    return false;
  }

  @Override
  public void list(String prefix, Consumer<StoredFile> visitor) {
    throw new StoreRefusedException(
        "%s: a web server has no list of its files; name each one."
            .formatted(StoredFile.name(prefix)));
  }

  @Override
  public @Nullable StoredFile find(String url) {
    return backoff.run(() -> look(url));
  }

  @Override
  public InputStream open(StoredFile file, long offset, long length) {
    return ResumingStream.of(
        file, offset, length, backoff, (from, bytes) -> range(file, from, bytes));
  }

  /** By reading one byte: signed URLs and some servers know no HEAD. */
  private @Nullable StoredFile look(String url) {
    var name = StoredFile.name(url);
    try {
      var connection = get.ask(url, Map.of("Range", "bytes=0-0"));
      try {
        var size =
            switch (connection.getResponseCode()) {
              case HttpURLConnection.HTTP_OK -> connection.getContentLengthLong();
              case HttpURLConnection.HTTP_PARTIAL, 416 -> HttpRange.total(connection);
              case HttpURLConnection.HTTP_NOT_FOUND, HttpURLConnection.HTTP_GONE -> -2;
              default -> throw refused(name, connection);
            };
        if (size == -1) {
          throw new StoreRefusedException(
              "%s: the server doesn't say how large it is; download it first.".formatted(name));
        }
        return size < 0 ? null : new StoredFile(url, size, HttpRange.version(connection));
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      throw Unanswered.of(name, e);
    }
  }

  private InputStream range(StoredFile file, long offset, long length) throws IOException {
    var headers = new HashMap<String, String>();
    if (offset > 0 || length < file.size()) {
      headers.put("Range", "bytes=" + offset + "-" + (offset + length - 1));
    }
    if (file.version().startsWith("\"")) {
      headers.put("If-Match", file.version());
    }
    var connection = get.ask(file.url(), headers);
    try {
      return switch (connection.getResponseCode()) {
        case HttpURLConnection.HTTP_PARTIAL -> {
          HttpRange.check(connection, file, offset, HttpRange.total(connection));
          yield connection.getInputStream();
        }
        case HttpURLConnection.HTTP_OK -> {
          HttpRange.check(connection, file, 0, connection.getContentLengthLong());
          yield skip(connection, file, offset);
        }
        case HttpURLConnection.HTTP_NOT_FOUND, HttpURLConnection.HTTP_GONE ->
            throw new FileChangedException(file, "gone");
        case HttpURLConnection.HTTP_PRECON_FAILED, 416 ->
            throw new FileChangedException(file, "another version");
        default -> throw refused(file.name(), connection);
      };
    } catch (IOException | RuntimeException e) {
      connection.disconnect();
      throw e;
    }
  }

  private static InputStream skip(HttpURLConnection connection, StoredFile file, long offset)
      throws IOException {
    if (offset > MOST_SKIPPED) {
      throw new StoreRefusedException(
          "%s: the server %s ignores ranges, so that a part of so large a file can't be read: download it first."
              .formatted(file.name(), connection.getURL().getHost()));
    }
    var in = connection.getInputStream();
    in.skipNBytes(offset);
    return in;
  }

  private static RuntimeException refused(String name, HttpURLConnection connection)
      throws IOException {
    var code = connection.getResponseCode();
    var words =
        "%s: the server %s answers %d %s."
            .formatted(
                name,
                connection.getURL().getAuthority(),
                code,
                connection.getResponseMessage() == null ? "" : connection.getResponseMessage());
    if (code >= 500 || code == TOO_MANY_REQUESTS || code == HttpURLConnection.HTTP_CLIENT_TIMEOUT) {
      return new StoreUnavailableException(words, null);
    }
    return new StoreRefusedException(words);
  }
}
