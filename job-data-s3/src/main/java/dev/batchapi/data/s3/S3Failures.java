package dev.batchapi.data.s3;

import dev.batchapi.data.store.StoreRefusedException;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.data.store.Unanswered;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What S3 and the SDK say, sorted: later, or never; each in one sentence. */
final class S3Failures {
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int NOT_IMPLEMENTED = 501;

  /** Codes that mean the credentials themselves; the last one is versitygw's. */
  private static final Set<String> CREDENTIALS =
      Set.of(
          "InvalidAccessKeyId",
          "SignatureDoesNotMatch",
          "InvalidToken",
          "ExpiredToken",
          "TokenRefreshRequired",
          "XAdminUserNotFound");

  private static final Set<String> REGION =
      Set.of(
          "PermanentRedirect",
          "AuthorizationHeaderMalformed",
          "IllegalLocationConstraintException");

  private static final Set<Integer> REDIRECTS = Set.of(301, 307);

  private static final Pattern REGION_NAME = Pattern.compile("[a-z0-9-]{1,40}");

  private static final Pattern REGION_ELEMENT =
      Pattern.compile("<Region>(" + REGION_NAME + ")</Region>");

  /**
   * The last ones are of STS, which can't reach who vouches for a service account, and of writes
   * that met another one.
   */
  private static final Set<String> LATER =
      Set.of(
          "SlowDown",
          "RequestTimeout",
          "InternalError",
          "ServiceUnavailable",
          "Throttling",
          "IDPCommunicationError",
          "ConditionalRequestConflict",
          "OperationAborted");

  private final S3Settings settings;

  S3Failures(S3Settings settings) {
    this.settings = settings;
  }

  private static boolean isForLater(AwsServiceException e) {
    return (e.statusCode() >= 500 && e.statusCode() != NOT_IMPLEMENTED)
        || e.statusCode() == TOO_MANY_REQUESTS
        || LATER.contains(code(e))
        || e.isThrottlingException();
  }

  /** What it means for who wanted something of a bucket. */
  RuntimeException of(SdkException e, S3Url url) {
    return e instanceof S3Exception answer ? answered(answer, url) : unanswered(e, url);
  }

  /** The SDK says so of the file with a service account's token. */
  static StoreRefusedException withoutToken(UncheckedIOException e, S3Url url) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return new StoreRefusedException(
        "There is no token for the role that reads bucket %s: %s %s."
            .formatted(
                url.bucket(),
                cause.getMessage(),
                cause instanceof NoSuchFileException ? "isn't there" : "can't be read"),
        e);
  }

  private RuntimeException answered(S3Exception e, S3Url url) {
    var code = code(e);
    if (isForLater(e)) {
      return new StoreUnavailableException(
          "%s, bucket %s: %s".formatted(settings.place(), url.bucket(), words(e)), e);
    }
    return new StoreRefusedException(sentence(e, code, url), e);
  }

  private String sentence(S3Exception e, String code, S3Url url) {
    if (code.equals("NoSuchBucket")) {
      return "There is no bucket %s at %s, asked with %s."
          .formatted(url.bucket(), settings.place(), settings.identity());
    }
    if (CREDENTIALS.contains(code)) {
      return "%s doesn't accept the credentials for bucket %s, %s: %s"
          .formatted(settings.place(), url.bucket(), settings.identity(), words(e));
    }
    var right = region(e);
    var same = right.filter(settings.region().id()::equals).isPresent();
    if (REDIRECTS.contains(e.statusCode())
        && (same || (right.isEmpty() && !REGION.contains(code)))) {
      return "%s, bucket %s: it sends to somewhere else, where nobody follows it with credentials; AWS_ENDPOINT_URL must name the store itself. %s"
          .formatted(settings.place(), url.bucket(), words(e));
    }
    if (REGION.contains(code) || REDIRECTS.contains(e.statusCode())) {
      return "Bucket %s is %sin region %s, as asked at %s with %s: set AWS_REGION to %s. %s"
          .formatted(
              url.bucket(),
              right.map("in region %s and not "::formatted).orElse("not "),
              settings.region(),
              settings.place(),
              settings.identity(),
              right.orElse("the bucket's"),
              words(e));
    }
    return "%s refuses %s in bucket %s to %s: %s"
        .formatted(
            settings.place(),
            url.key().isEmpty() ? "the list" : "\"" + url.key() + "\"",
            url.bucket(),
            settings.identity(),
            words(e));
  }

  /** Where the bucket is, if the answer says it; of AWS the SDK has asked there already. */
  private static Optional<String> region(S3Exception e) {
    var details = e.awsErrorDetails();
    if (details == null) {
      return Optional.empty();
    }
    return Optional.ofNullable(details.sdkHttpResponse())
        .flatMap(response -> response.firstMatchingHeader("x-amz-bucket-region"))
        .filter(region -> REGION_NAME.matcher(region).matches())
        .or(
            () ->
                Optional.ofNullable(details.rawResponse())
                    .map(body -> REGION_ELEMENT.matcher(body.asUtf8String()))
                    .filter(Matcher::find)
                    .map(found -> found.group(1)));
  }

  private RuntimeException unanswered(SdkException e, S3Url url) {
    if (e instanceof AwsServiceException service && !isForLater(service)) {
      // STS, which gives a service account its credentials.
      return new StoreRefusedException(
          "The role for bucket %s at %s is refused: %s"
              .formatted(url.bucket(), settings.place(), words(service)),
          e);
    }
    var profile = settings.brokenProfile();
    if (profile != null) {
      return new StoreRefusedException(
          "No credentials for bucket %s at %s: %s"
              .formatted(url.bucket(), settings.place(), profile),
          e);
    }
    return Unanswered.of("%s, bucket %s".formatted(settings.place(), url.bucket()), e);
  }

  static String code(AwsServiceException e) {
    var details = e.awsErrorDetails();
    return details == null || details.errorCode() == null ? "" : details.errorCode();
  }

  private static String words(AwsServiceException e) {
    var details = e.awsErrorDetails();
    if (details == null || details.errorCode() == null) {
      return "HTTP status %d.".formatted(e.statusCode());
    }
    return "%s (%s)."
        .formatted(
            details.errorCode(),
            details.errorMessage() == null
                ? "HTTP status " + e.statusCode()
                : details.errorMessage().replaceAll("\\.$", ""));
  }
}
