package dev.batchapi.data.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.data.store.StoreRefusedException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;

class S3SettingsTest {

  @Test
  void anotherStoreHasItsBucketsInThePathUnlessSaidOtherwise() {
    var settings = S3Settings.of(Map.of("AWS_ENDPOINT_URL", "https://s3.example:9000"));
    assertThat(settings.endpoint()).isEqualTo(URI.create("https://s3.example:9000"));
    assertThat(settings.region()).isEqualTo(Region.US_EAST_1);
    assertThat(settings.pathStyle()).isTrue();
    assertThat(settings.place()).isEqualTo("https://s3.example:9000");
    var virtual =
        S3Settings.of(
            Map.of(
                "AWS_ENDPOINT_URL", "https://other.example",
                "AWS_ENDPOINT_URL_S3", "https://oss.example",
                "AWS_REGION", "eu-1",
                "AWS_S3_ADDRESSING_STYLE", "virtual"));
    assertThat(virtual.place()).isEqualTo("https://oss.example");
    assertThat(virtual.pathStyle()).isFalse();
    assertThat(virtual.region()).isEqualTo(Region.of("eu-1"));
  }

  @Test
  void awsHasItsBucketsInTheNameOfTheHost() {
    var settings =
        S3Settings.of(Map.of("AWS_DEFAULT_REGION", "eu-central-1", "AWS_ENDPOINT_URL", ""));
    assertThat(settings.pathStyle()).isFalse();
    assertThat(settings.place()).isEqualTo("AWS S3, eu-central-1");
  }

  @Test
  void keysOfTheEnvironmentAreTakenAndTheSecretIsNotShown() {
    var settings =
        S3Settings.of(
            Map.of(
                "AWS_ENDPOINT_URL", "https://s3.example",
                "AWS_ACCESS_KEY_ID", "AKIA",
                "AWS_SECRET_ACCESS_KEY", "hush",
                "AWS_SESSION_TOKEN", "hush-too"));
    assertThat(settings.credentials().resolveCredentials())
        .isInstanceOf(AwsSessionCredentials.class);
    assertThat(settings.identity()).isEqualTo("access key AKIA");
    assertThat(settings.toString()).doesNotContain("hush");
  }

  /** Least of all the node's own role, which a pod could ask for. */
  @Test
  void credentialsAreThoseThatAreNamedOrNobodys() {
    assertThat(
            S3Settings.of(Map.of("AWS_WEB_IDENTITY_TOKEN_FILE", "/t", "AWS_ROLE_ARN", "r"))
                .credentials())
        .isInstanceOf(StsWebIdentityTokenFileCredentialsProvider.class);
    assertThat(
            S3Settings.of(Map.of("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/"))
                .credentials())
        .isInstanceOf(ContainerCredentialsProvider.class);
    var nobody = S3Settings.of(Map.of("AWS_ENDPOINT_URL", "https://s3.example"));
    assertThat(nobody.credentials()).isInstanceOf(AnonymousCredentialsProvider.class);
    assertThat(nobody.identity()).isEqualTo("no credentials");
    var profile = S3Settings.of(Map.of("AWS_PROFILE", "nowhere"));
    assertThat(profile.brokenProfile()).contains("nowhere");
  }

  @Test
  void anEndpointThatIsNoUrlIsNamed() {
    for (var endpoint : new String[] {"s3.example:9000", "s3.example", "http://a b"}) {
      assertThatThrownBy(() -> S3Settings.of(Map.of("AWS_ENDPOINT_URL", endpoint)))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("AWS_ENDPOINT_URL is no URL of a server");
    }
  }
}
