package dev.batchapi.data.s3;

import static dev.batchapi.data.s3.S3Settings.first;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;

/**
 * Who asks: what an environment or a profile says, in the order of AWS's own programs. Without
 * either it is nobody, who may read what is public. Never the machine's own role: in a pod that is
 * the node's, which a job's submitter would read with. And never the next one where the first one
 * fails.
 */
final class S3Credentials {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private S3Credentials() {}

  /**
   * Who asks.
   *
   * @param sts where a role's credentials come from; null for AWS
   */
  static AwsCredentialsProvider of(Map<String, String> env, Region region, @Nullable URI sts) {
    var key = first(env, "AWS_ACCESS_KEY_ID");
    var secret = first(env, "AWS_SECRET_ACCESS_KEY");
    if (key != null && secret != null) {
      var token = first(env, "AWS_SESSION_TOKEN");
      return StaticCredentialsProvider.create(
          token == null
              ? AwsBasicCredentials.create(key, secret)
              : AwsSessionCredentials.create(key, secret, token));
    }
    var identity = first(env, "AWS_WEB_IDENTITY_TOKEN_FILE");
    var role = first(env, "AWS_ROLE_ARN");
    if (identity != null && role != null) {
      return StsWebIdentityTokenFileCredentialsProvider.builder()
          .stsClient(sts(region, sts))
          .webIdentityTokenFile(Path.of(identity))
          .roleArn(role)
          .roleSessionName(
              Objects.requireNonNullElse(first(env, "AWS_ROLE_SESSION_NAME"), "batchapi"))
          .build();
    }
    var profile = first(env, "AWS_PROFILE");
    if (profile != null || ProfileFile.defaultProfileFile().profile("default").isPresent()) {
      return ProfileCredentialsProvider.create(Objects.requireNonNullElse(profile, "default"));
    }
    if (first(env, "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
        != null) {
      return ContainerCredentialsProvider.builder().build();
    }
    return AnonymousCredentialsProvider.create();
  }

  /** By the token it is told who asks, so the request has no signature. */
  private static StsClient sts(Region region, @Nullable URI endpoint) {
    return StsClient.builder()
        .region(region)
        .endpointOverride(endpoint)
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .httpClientBuilder(S3Settings.http(TIMEOUT))
        .build();
  }
}
