package dev.batchapi.data.gcs;

import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.http.HttpResponseException;
import com.google.auth.Retryable;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.Unanswered;
import java.io.IOException;

/** What Google and its library say, sorted: later, or never; each in one sentence. */
final class GcsFailures {
  static final int NOT_FOUND = 404;
  static final int PRECONDITION_FAILED = 412;
  static final int RANGE_NOT_SATISFIABLE = 416;
  private static final int UNAUTHORIZED = 401;
  private static final int REQUEST_TIMEOUT = 408;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int MOST_WORDS = 300;

  /** What the library says of a pod's token that is not there; it has no type for it. */
  private static final String NO_TOKEN_FILE = "Invalid credential location.";

  private final GcsSettings settings;

  GcsFailures(GcsSettings settings) {
    this.settings = settings;
  }

  /** What it means for who wanted something of a bucket. */
  RuntimeException of(IOException e, GcsUrl url) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof HttpResponseException answer && !(e instanceof Retryable)) {
        return answered(answer, url);
      }
      if (cause instanceof Retryable credentials) {
        return credentials(e, credentials.isRetryable(), url);
      }
      if (String.valueOf(cause.getMessage()).startsWith(NO_TOKEN_FILE)) {
        return credentials(e, false, url);
      }
    }
    return Unanswered.of("%s, bucket %s".formatted(settings.place(), url.bucket()), e);
  }

  /** Google's token server, or the metadata server, said no or nothing. */
  private RuntimeException credentials(IOException e, boolean isForLater, GcsUrl url) {
    var words =
        "%s has no token for bucket %s at %s: %s"
            .formatted(
                settings.credentials().name(),
                url.bucket(),
                settings.place(),
                brief(String.valueOf(e.getMessage())));
    return isForLater
        ? new StoreUnavailableException(words, e)
        : new StoreRefusedException(words, e);
  }

  private RuntimeException answered(HttpResponseException e, GcsUrl url) {
    var code = e.getStatusCode();
    if (code >= 500 || code == TOO_MANY_REQUESTS || code == REQUEST_TIMEOUT) {
      return new StoreUnavailableException(
          "%s, bucket %s: %s".formatted(settings.place(), url.bucket(), words(e)), e);
    }
    return new StoreRefusedException(sentence(e, url), e);
  }

  private String sentence(HttpResponseException e, GcsUrl url) {
    var who = settings.credentials().name();
    if (e.getStatusCode() == NOT_FOUND) {
      return "There is no bucket %s at %s, asked with %s."
          .formatted(url.bucket(), settings.place(), who);
    }
    if (e.getStatusCode() == UNAUTHORIZED) {
      return "%s doesn't accept the credentials for bucket %s, %s: %s"
          .formatted(settings.place(), url.bucket(), who, words(e));
    }
    return "%s refuses %s in bucket %s to %s: %s"
        .formatted(
            settings.place(),
            url.name().isEmpty() ? "the list" : "\"" + url.name() + "\"",
            url.bucket(),
            who,
            words(e));
  }

  /** The message in the answer's JSON, otherwise the answer. */
  private static String words(HttpResponseException e) {
    var details = e instanceof GoogleJsonResponseException json ? json.getDetails() : null;
    var message = details == null ? null : details.getMessage();
    return e.getStatusCode()
        + " "
        + brief(message == null ? String.valueOf(e.getContent()) : message);
  }

  /** Of an answer that isn't Google's. */
  StoreRefusedException strange(RuntimeException e, GcsUrl url) {
    return new StoreRefusedException(
        "%s, bucket %s: the answer is not Cloud Storage's."
            .formatted(settings.place(), url.bucket()),
        e);
  }

  private static String brief(String words) {
    var line = words.replaceAll("\\s+", " ").strip();
    return line.length() <= MOST_WORDS ? line : line.substring(0, MOST_WORDS) + "…";
  }
}
