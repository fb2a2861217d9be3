package dev.batchapi.data.azure;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.storage.blob.models.BlobStorageException;
import com.microsoft.aad.msal4j.MsalServiceException;
import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.Unanswered;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/** What Azure and its SDK say, sorted: later, or never; each in one sentence. */
final class AzureFailures {
  static final int NOT_FOUND = 404;
  static final int PRECONDITION_FAILED = 412;
  static final int RANGE_NOT_SATISFIABLE = 416;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int REQUEST_TIMEOUT = 408;

  private static final Set<String> CREDENTIALS =
      Set.of("AuthenticationFailed", "InvalidAuthenticationInfo", "NoAuthenticationInformation");

  private final AzureSettings settings;

  AzureFailures(AzureSettings settings) {
    this.settings = settings;
  }

  /** What it means for who wanted something of a container. */
  RuntimeException of(Exception e, AzureUrl url) {
    var isNetwork = false;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof BlobStorageException answer) {
        return answered(answer, url);
      }
      if (cause instanceof MsalServiceException answer && !isForLater(answer.statusCode())) {
        return noToken(cause, url, words(answer));
      }
      if (cause instanceof NoSuchFileException file) {
        return noToken(cause, url, "%s isn't there.".formatted(file.getFile()));
      }
      isNetwork |= cause instanceof IOException || cause instanceof TimeoutException;
    }
    return e instanceof ClientAuthenticationException && !isNetwork
        ? noToken(e, url, firstLine(e))
        : Unanswered.of("%s, container %s".formatted(settings.place(), url.container()), e);
  }

  private StoreRefusedException noToken(Throwable cause, AzureUrl url, String why) {
    return new StoreRefusedException(
        "%s has no token for container %s at %s: %s"
            .formatted(settings.credentials().name(), url.container(), settings.place(), why),
        cause);
  }

  private static boolean isForLater(int status) {
    return status >= 500 || status == TOO_MANY_REQUESTS || status == REQUEST_TIMEOUT;
  }

  private static String words(MsalServiceException answer) {
    return (answer.statusCode() + " " + firstLine(answer)).strip();
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  private RuntimeException answered(BlobStorageException e, AzureUrl url) {
    if (isForLater(e.getStatusCode())) {
      return new StoreUnavailableException(
          "%s, container %s: %s".formatted(settings.place(), url.container(), words(e)), e);
    }
    return new StoreRefusedException(sentence(e, url), e);
  }

  private String sentence(BlobStorageException e, AzureUrl url) {
    var who = settings.credentials().name();
    if (e.getStatusCode() == NOT_FOUND) {
      return "There is no container %s at %s, asked with %s."
          .formatted(url.container(), settings.place(), who);
    }
    if (CREDENTIALS.contains(code(e))) {
      return "%s doesn't accept the credentials for container %s, %s: %s"
          .formatted(settings.place(), url.container(), who, words(e));
    }
    return "%s refuses %s in container %s to %s: %s"
        .formatted(
            settings.place(),
            url.name().isEmpty() ? "the list" : "\"" + url.name() + "\"",
            url.container(),
            who,
            words(e));
  }

  /** Empty if the answer has none. */
  static String code(BlobStorageException e) {
    return e.getErrorCode() == null ? "" : e.getErrorCode().toString();
  }

  /** Not the SDK's own message: it shows the signature that was wrong. */
  private static String words(BlobStorageException e) {
    return (e.getStatusCode() + " " + code(e)).strip();
  }
}
