package dev.batchapi.data.s3;

import static dev.batchapi.data.s3.S3Settings.first;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.auth.credentials.WebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.profiles.ProfileFile;

/**
 * Who asks: what an environment or a profile says, in the order of AWS's own programs. Without
 * either it is nobody, who may read what is public. Never the machine's own role: in a pod that is
 * the node's, which a job's submitter would read with. And never the next one where the first one
 * fails.
 */
final class S3Credentials {
  private S3Credentials() {}

  static AwsCredentialsProvider of(Map<String, String> env) {
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
    if (identity != null) {
      return WebIdentityTokenFileCredentialsProvider.builder()
          .webIdentityTokenFile(Path.of(identity))
          .roleArn(first(env, "AWS_ROLE_ARN"))
          .roleSessionName(first(env, "AWS_ROLE_SESSION_NAME"))
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
}
