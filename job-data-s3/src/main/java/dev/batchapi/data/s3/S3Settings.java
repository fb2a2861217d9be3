package dev.batchapi.data.s3;

import dev.batchapi.data.store.Authorities;
import dev.batchapi.data.store.StoreRefusedException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Where S3 is and who asks.
 *
 * @param endpoint of a store that isn't AWS; null for AWS
 * @param region where requests are signed for
 * @param pathStyle whether the bucket is in the path, as most other stores want it, or in the name
 *     of the host
 * @param credentials renewed by the SDK, where they expire
 */
record S3Settings(
    @Nullable URI endpoint, Region region, boolean pathStyle, AwsCredentialsProvider credentials) {

  /**
   * From {@code AWS_ENDPOINT_URL_S3} or {@code AWS_ENDPOINT_URL}, {@code AWS_REGION} or {@code
   * AWS_DEFAULT_REGION}, {@code AWS_S3_ADDRESSING_STYLE} ({@code path} or {@code virtual}), and
   * those of {@link S3Credentials}.
   */
  static S3Settings of(Map<String, String> env) {
    var endpoint = endpoint(first(env, "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"));
    Authorities.trust(endpoint, env);
    var style = first(env, "AWS_S3_ADDRESSING_STYLE");
    var region = region(first(env, "AWS_REGION", "AWS_DEFAULT_REGION"), endpoint);
    return new S3Settings(
        endpoint,
        region,
        style == null ? endpoint != null : style.equals("path"),
        S3Credentials.of(
            env, region, endpoint(first(env, "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"))));
  }

  private static @Nullable URI endpoint(@Nullable String url) {
    if (url == null) {
      return null;
    }
    try {
      var uri = URI.create(url);
      if (uri.getHost() != null && uri.getScheme() != null && uri.getRawUserInfo() == null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // The message below says it, for it isn't shown: it could hold a password.
    }
    throw new StoreRefusedException(
        "AWS_ENDPOINT_URL is no URL of a server, such as https://minio.example:9000.");
  }

  private static Region region(@Nullable String region, @Nullable URI endpoint) {
    if (region != null) {
      return Region.of(region);
    }
    if (endpoint == null) {
      try {
        return new AwsProfileRegionProvider().getRegion();
      } catch (SdkClientException e) {
        // No profile: the SDK follows AWS from there to the bucket's own region.
      }
    }
    return Region.US_EAST_1;
  }

  static @Nullable String first(Map<String, String> env, String... names) {
    for (var name : names) {
      var value = env.getOrDefault(name, "").strip();
      if (!value.isEmpty()) {
        return value;
      }
    }
    return null;
  }

  /** How messages call the place. */
  String place() {
    return endpoint == null ? "AWS S3, " + region : endpoint.toString();
  }

  /** Who asks, without any secret. */
  String identity() {
    try {
      var key = credentials.resolveCredentials().accessKeyId();
      return key == null ? "no credentials" : "access key " + key;
    } catch (RuntimeException e) {
      return "credentials that can't be loaded";
    }
  }

  /** What is wrong with the profile that has the credentials; null if nothing is. */
  @Nullable String brokenProfile() {
    if (credentials instanceof ProfileCredentialsProvider) {
      try {
        credentials.resolveCredentials();
      } catch (SdkClientException e) {
        return e.getMessage();
      }
    }
    return null;
  }

  /** A client; nothing is asked yet. */
  S3Client client(Duration timeout) {
    var builder =
        S3Client.builder()
            .region(region)
            .credentialsProvider(credentials)
            .forcePathStyle(pathStyle)
            .httpClientBuilder(http(timeout));
    if (endpoint == null) {
      return builder.crossRegionAccessEnabled(true).build();
    }
    // Other stores don't know, or refuse, the checksums and the encoding that the SDK sends by
    // default.
    return builder
        .endpointOverride(endpoint)
        .serviceConfiguration(service -> service.chunkedEncodingEnabled(false))
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .build();
  }

  /** It asks the SDK, and not the JVM, whom TLS trusts. */
  static UrlConnectionHttpClient.Builder http(Duration timeout) {
    var builder =
        UrlConnectionHttpClient.builder().connectionTimeout(timeout).socketTimeout(timeout);
    var managers = Authorities.managers();
    return managers == null ? builder : builder.tlsTrustManagersProvider(() -> managers);
  }
}
